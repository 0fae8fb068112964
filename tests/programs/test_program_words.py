"""models/README.md against the code: what one names, the other has."""

from __future__ import annotations

import re
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from pkgutil import iter_modules

import pyomo.environ as pyo
import pytest
from everything import columns_of, everything

from voltmile import programs
from voltmile.programs.nation import FEATURES, build

README = (Path(__file__).parents[2] / "models" / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def model() -> pyo.ConcreteModel:
    nation = everything()
    return build(nation, columns_of(nation))


def section(title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def table(title: str) -> list[str]:
    """First cells of the rows of a section's table."""
    return re.findall(r"^\| (.+?) \|", section(title), re.MULTILINE)[1:]


def _equations() -> str:
    return "".join(map(section, ("The city program", "The national limits", "The campaign measures")))


def equations_of_page() -> dict[int, set[str]]:
    """Equation number -> bold names in its paragraph, as the code spells them."""
    parts = re.split(r"^\*\*\((\d+)\) ", _equations(), flags=re.MULTILINE)
    found = {}
    for number, text in zip(parts[1::2], parts[2::2], strict=True):
        first, rest = text.split("**", 1)
        names = {first, *re.findall(r"\*\*([a-z ]+)\*\*", rest)}
        found[int(number)] = {name.strip().replace(" ", "_") for name in names}
    return found


def equations_of_code() -> dict[int, set[str]]:
    """Equation number -> functions whose docstring has (Eq. n), and the files they are in."""
    found: dict[int, set[str]] = {}
    for info in iter_modules(programs.__path__):
        module = import_module(f"voltmile.programs.{info.name}")
        for name, function in getmembers(module, isfunction):
            number = re.search(r"\(Eq\. (\d+)\)", function.__doc__ or "")
            if number is not None and function.__module__ == module.__name__:
                found.setdefault(int(number[1]), set()).update({name, info.name})
    return found


def test_every_equation_of_the_page_is_a_function_and_the_reverse() -> None:
    page, code = equations_of_page(), equations_of_code()
    assert set(page) == set(code) == set(range(1, 22))
    for number, names in page.items():
        assert names <= code[number], f"Eq. {number}"


def test_every_constraint_is_named_in_the_paragraph_of_its_equation() -> None:
    page = equations_of_page()
    for feature in FEATURES:
        for rows in feature.constraints:
            number = re.search(r"\(Eq\. (\d+)\)", rows.rule.__doc__ or "")
            assert number is not None, rows.name
            assert rows.name in page[int(number[1])]


def test_every_constraint_and_cost_term_states_its_formula() -> None:
    rules = [rows.rule for feature in FEATURES for rows in feature.constraints]
    for feature in FEATURES:
        rules += [*feature.costs.values(), *feature.terminal_costs.values(), *feature.national_costs.values()]
        rules += [*feature.emissions.values(), *feature.national_emissions.values()]
        rules += feature.uses.values()
    for rule in rules:
        assert ".. math::" in (rule.__doc__ or ""), rule.__name__


def test_every_cost_term_is_in_the_table_and_the_reverse() -> None:
    page = {term.removesuffix(" (terminal)"): term.endswith(" (terminal)") for term in table("Cost terms")}
    code = {term: False for feature in FEATURES for term in (*feature.costs, *feature.national_costs)}
    code |= {term: True for feature in FEATURES for term in feature.terminal_costs}
    assert page == code


def test_every_source_of_carbon_of_the_measures_is_in_the_table_and_the_reverse() -> None:
    code = {source for feature in FEATURES for source in (*feature.emissions, *feature.national_emissions)}
    assert set(table("The carbon of the measures")) == code - {"fuel", "electricity"}


def test_every_variable_is_in_the_table_with_its_letters_and_the_reverse(model: pyo.ConcreteModel) -> None:
    page = dict(re.findall(r"^\| (\w+)\[([\w,]+)\] \|", section("Variables"), re.MULTILINE))
    variables = {v.name for v in model.component_objects(pyo.Var)}
    assert set(page) == variables | {"Fleet", "Chargers"}
    n = model.nation
    members = {
        "c": set(n.city),
        "h": set(n.hub),
        "k": set(n.vehicle_type),
        "s": set(n.charger_type),
        "y": set(n.years),
        "v": set(range(n.years[0] - 3, n.years[-1] + 1)),
        "d": set(n.day_type),
        "p": {period.id for tariff in n.energy_book.tariff for period in tariff.period},
        "l": {limit.id for limit in n.limits},
        "r": set(range(len(model.columns))),
        "o": {platform.id for platform in n.campaign.packaging},
        "n": {0, 1},
    }
    for name, letters in page.items():
        for key in model.find_component(name):
            place = key if isinstance(key, tuple) else (key,)
            for letter, member in zip(letters.split(","), place, strict=True):
                assert member in members[letter], f"{name}[{letters}] has {key}"


def test_every_bound_is_in_the_table_and_every_variable_without_one_is_a_slack(
    model: pyo.ConcreteModel,
) -> None:
    named = set(re.findall(r"\b([A-Z][a-z]+)\[", " ".join(table("Bounds of the variables"))))
    binaries = {v.name for v in model.component_objects(pyo.Var) if all(x.is_binary() for x in v.values())}
    unbounded = {v.name for v in model.component_objects(pyo.Var) if any(x.ub is None for x in v.values())}
    assert unbounded == {"Slack"}
    assert named | binaries | unbounded == {v.name for v in model.component_objects(pyo.Var)}
    assert named.isdisjoint(binaries | unbounded)


def test_domains_are_those_of_the_table(model: pyo.ConcreteModel) -> None:
    rows = re.findall(r"^\| (\w+)\[[\w,]+\] \| (\w+)", section("Variables"), re.MULTILINE)
    for name, domain in rows:
        for variable in model.find_component(name).values() if domain != "expression" else ():
            assert variable.is_integer() == (domain == "integer") or variable.is_binary()
            assert variable.is_binary() == (domain == "binary")
            assert variable.lb == 0


def test_files_the_page_names_exist() -> None:
    root = Path(__file__).parents[2] / "models" / "voltmile"
    for name in re.findall(r"`(programs/\w+\.py)", README):
        assert (root / name).is_file(), name
