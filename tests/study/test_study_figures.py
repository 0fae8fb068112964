from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from threading import Event

import many_cities
import matplotlib as mpl
import pytest
import tiny

from voltmile.problem.nation import Nation
from voltmile.study.figures import city_fleets_figure, draw_all, electric_by_grid_figure, words
from voltmile.study.figures.style import round_down, spread, styled, text_on, vehicle_colours
from voltmile.study.figures.words import amount, file_names, label
from voltmile.study.tables import make_tables


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    draw_all(folder, tiny.solution(), make_tables(tiny.solution()))
    return folder


def test_every_figure_is_there_twice(drawn: Path) -> None:
    names = ["carbon", "costs", "fleet", "fleet_by_city", "map_north", "map_south"]
    assert sorted(path.name for path in drawn.iterdir()) == [
        f"{n}.{s}" for n in names for s in ("png", "svg")
    ]
    for path in drawn.glob("*.svg"):
        ET.parse(path)


def test_the_same_plan_gives_the_same_bytes_whatever_the_user_prefers(drawn: Path, tmp_path: Path) -> None:
    with mpl.rc_context({"font.size": 30.0, "lines.linewidth": 9.0, "svg.hashsalt": "other"}):
        draw_all(tmp_path, tiny.solution(), make_tables(tiny.solution()))
    for path in sorted(drawn.iterdir()):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_a_stop_ends_the_drawing(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    draw_all(tmp_path / "figures", tiny.solution(), make_tables(tiny.solution()), stop)
    assert list((tmp_path / "figures").iterdir()) == []


def changed(nation: Nation, **update: object) -> Nation:
    """Build anew: a copy would keep what the old one had looked up."""
    parts = {name: getattr(nation, name) for name in Nation.model_fields}
    return Nation(**{**parts, **update})


def test_a_nation_with_little_in_it_can_be_drawn(tmp_path: Path) -> None:
    whole = tiny.nation()
    header = whole.header.model_copy(
        update={"horizon": whole.header.horizon.model_copy(update={"years": (2018,)}), "limit": ()}
    )
    nation = changed(
        whole, header=header, villages=whole.villages[:1], existing_fleet=(), existing_chargers=()
    )
    empty = replace(
        tiny.solution(), nation=nation, plan=type(tiny.solution().plan)(instance="tiny"), routes=(), costs=()
    )
    draw_all(tmp_path, empty, make_tables(empty))
    assert (tmp_path / "map_north.svg").is_file()
    assert not (tmp_path / "map_south.svg").exists()  # no villages, no village routes


def test_a_mark_for_every_city_of_a_nation_says_share_grid_fleet_and_cold() -> None:
    nation = many_cities.nation_of(60)
    with styled():
        axes = electric_by_grid_figure(nation, many_cities.tables_of(nation)).axes[0]
    (marks,) = axes.collections
    places = {tuple(round(float(v), 6) for v in place) for place in marks.get_offsets()}
    assert len(places) == 60
    # City 9: grid 0.1 + 0.8 * 3 / 60, 353 vehicles, of which round(353 * (1 - 0.14)) = 304 electric
    assert (0.14, round(100 * 304 / 353, 6)) in places
    factors = marks.get_array()
    assert factors is not None
    assert (min(factors), max(factors)) == (1.0, pytest.approx(1.0 + 0.6 * 59 / 60))
    assert max(marks.get_sizes()) / min(marks.get_sizes()) == pytest.approx(418 / 20)


def test_five_cities_are_enough_for_a_cloud(tmp_path: Path) -> None:
    nation = many_cities.nation_of(5)
    empty = replace(tiny.solution(), nation=nation, plan=type(tiny.solution().plan)(instance="tiny"))
    draw_all(tmp_path, replace(empty, routes=(), costs=()), many_cities.tables_of(nation))
    assert (tmp_path / "electric_by_grid.png").is_file()


def test_the_panels_of_many_cities_keep_their_size() -> None:
    nation = many_cities.nation_of(60)
    with styled():
        figure = city_fleets_figure(nation, many_cities.tables_of(nation))
    width, height = figure.get_size_inches()
    assert len([axes for axes in figure.axes if axes.get_title(loc="left")]) == 60
    assert width / 8 >= 1.5
    assert height / 8 >= 1.75


def test_names_the_font_lacks_give_way_to_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_characters", lambda: frozenset(range(32, 0x250)))
    assert label("北城", "north") == "north"
    assert label("São Paulo", "x") == "São Paulo"
    assert label("北城", "北-1") == "?-1"


def test_files_have_names_every_system_takes() -> None:
    assert file_names(["a/b", "a?b", "A_B", "城", "..", "ok-1.2"]) == {
        "a/b": "a_b",
        "a?b": "a_b-2",
        "A_B": "A_B-3",
        "城": "_",
        "..": "_-2",
        "ok-1.2": "ok-1.2",
    }


def test_labels_move_apart_as_little_as_they_can() -> None:
    assert spread([1.0, 5.0, 9.0], 2.0, 0.0) == [1.0, 5.0, 9.0]
    assert spread([4.0, 4.0], 2.0, 0.0) == pytest.approx([3.0, 5.0])
    assert spread([0.0, 0.1, 9.0], 2.0, 1.0) == pytest.approx([1.0, 3.0, 9.0])
    assert spread([], 2.0, 0.0) == []


def test_scale_bars_have_round_lengths() -> None:
    assert [round_down(x) for x in (0.3, 1.0, 4.9, 50.0, 99.0)] == pytest.approx([0.2, 1.0, 2.0, 50.0, 50.0])


def test_amounts_show_what_matters() -> None:
    assert amount(12345678.0, "CNY") == "12.3 million CNY"
    assert amount(-2.5e9, "kg") == "-2.50 billion kg"
    assert [amount(x, "km") for x in (0, 0.214, 31.26, 45600.4)] == [
        "0 km",
        "0.21 km",
        "31.3 km",
        "45,600 km",
    ]


def test_electric_is_blue_and_writing_can_be_read() -> None:
    colours = vehicle_colours(tiny.nation())
    assert colours == {"ev": "#0072B2", "van": "#D55E00"}
    assert [text_on(colour) for colour in ("#0072B2", "#A9D8F2")] == ["white", "#222222"]


def test_the_look_ends_with_the_figures() -> None:
    before = dict(mpl.rcParams)
    with styled():
        pass
    assert dict(mpl.rcParams) == before
