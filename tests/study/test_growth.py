"""Parts of a nation from rows to a page, and the same plan whoever works."""

from dataclasses import replace
from pathlib import Path

import pytest

from voltmile.problem.folder import read
from voltmile.study.benchmark.origin import Origin
from voltmile.study.growth.fit import fit
from voltmile.study.growth.parts import some_cities
from voltmile.study.growth.report import differing, report
from voltmile.study.growth.rows import Case, Row, read_rows
from voltmile.study.growth.run import run

INSTANCES = Path(__file__).parents[2] / "instances"


def _row(cities: int, wall_s: float, way: str = "1", sha256: str = "a") -> Row:
    seconds = dict.fromkeys(("tours_s", "frames_s", "columns_s", "prices_s", "plan_s", "bound_s"), 1.0)
    return Row(
        hubs=0,
        cities=cities,
        way=way,
        villages=10 * cities,
        wall_s=wall_s,
        cpu_s=2 * wall_s,
        rss_mb=100,
        **seconds,
        cost_cny=2.0,
        bound_cny=1.0,
        gap=0.5,
        sha256=sha256,
    )


def test_parts_share_the_limits_by_urban_parcels():
    nation = read(INSTANCES / "green2020")
    some = some_cities(nation, 10, 1)
    assert len(some.cities) == 10
    served = [hub.id for hub in some.hubs if some.villages_of[hub.id]]
    assert sorted(some.hub[hub].city for hub in served) == sorted(some.city)
    share = sum(c.urban_parcels_per_day for c in some.cities) / sum(
        c.urban_parcels_per_day for c in nation.cities
    )
    caps = {limit.id: limit.max_co2_kg for limit in nation.limits if limit.kind == "carbon"}
    assert {one.id: one.max_co2_kg for one in some.limits if one.kind == "carbon"} == pytest.approx(
        {name: share * cap for name, cap in caps.items()}
    )
    assert some_cities(nation, len(nation.cities)) is nation


@pytest.mark.parametrize(("cities", "hubs"), [(0, None), (4, None), (1, 0)])
def test_impossible_parts_are_refused(cities: int, hubs: int | None):
    with pytest.raises(ValueError, match=r"cities of 3|0 hubs"):
        some_cities(read(INSTANCES / "quickstart"), cities, hubs)


def test_a_line_through_the_points_is_found():
    found = fit([_row(n, 7.0 + 3.0 * n) for n in (1, 5, 10, 100)])
    assert found is not None
    assert (found.fixed_s, found.city_s) == pytest.approx((7.0, 3.0))
    power = fit([_row(n, 2.0 * n**1.5) for n in (1, 10, 100)])
    assert power is not None
    assert power.exponent == pytest.approx(1.5)
    assert fit([_row(5, 1.0)]) is None


def test_another_plan_is_told():
    rows = [_row(5, 1.0), _row(5, 2.0, "2"), _row(1, 1.0)]
    assert differing(rows) == []
    rows.append(replace(rows[0], way="dask", sha256="b"))
    assert differing(rows) == [(0, 5)]


@pytest.mark.long
def test_a_process_and_a_cluster_make_the_same_plan(tmp_path: Path):
    pytest.importorskip("distributed")
    said = list[Row]()
    cases = [Case(1, 1, way) for way in ("1", "dask")]
    rows = run(INSTANCES / "quickstart", cases, tmp_path, ["first"], said.append)
    assert len(said) == 2
    assert differing(rows) == []
    assert sorted(read_rows(tmp_path / "rows.csv"), key=lambda r: r.way) == sorted(rows, key=lambda r: r.way)
    run(INSTANCES / "quickstart", cases, tmp_path, ["again"], said.append)
    assert len(said) == 2
    origin = Origin.model_validate_json((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert [one.command for one in origin.runs] == ["python first"]
    assert report(rows, origin) == (tmp_path / "README.md").read_text(encoding="utf-8")
    assert (tmp_path / "growth.png").stat().st_size > 5000
    with pytest.raises(ValueError, match="another instance"):
        run(INSTANCES / "toy", cases[:0], tmp_path, ["third"], said.append)
