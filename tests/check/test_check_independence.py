"""The checker shares no code with what it checks."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from corruptions import CORRUPTIONS

import voltmile.check

FILES = sorted(Path(voltmile.check.__file__).parent.glob("*.py"))

#: Definitions of the nation and its records that the checker has to work out itself.
DEFINITIONS = {
    "position",
    "discount",
    "year_of",
    "village_factor",
    "urban_parcels",
    "temperature_factor",
    "net_price_cny",
    "charger_cost_cny",
    "usable_kwh",
    "distances_of",
    "villages_of",
    "hubs_of",
    "digest",
    "campaign",
    "parcels_of_year",
    "boxes_per_trip",
    "slopes",
    "no_response",
    "of_share",
    "platform_by_id",
}
#: Reading, the records that it returns, and what makes the package callable.
ALLOWED = {
    "voltmile.callable_module": {"calls"},  # knows nothing of the problem
    "voltmile.problem.energy": {"ChargerType", "Fuel", "TariffPeriod"},
    "voltmile.problem.faults": {"FaultyInputError"},
    "voltmile.problem.folder": {"read"},
    "voltmile.problem.limits": {
        "BudgetLimit",
        "CarbonLimit",
        "FundLimit",
        "GreenCitiesLimit",
        "JourneyLimit",
        "LabelsLimit",
        "Limit",
        "SupplyLimit",
    },
    "voltmile.problem.measures": {"Boxes", "Cutlery", "ELabel", "Measures", "Platform"},
    "voltmile.problem.nation": {"DayType", "Nation"},
    "voltmile.problem.places": {"City", "Hub", "RoadDistance", "Village"},
    "voltmile.problem.plan": {"Plan", "Route"},
    "voltmile.problem.records": {"Record"},
    "voltmile.problem.routing": {"Battery", "Route", "RoutingProblem"},
    "voltmile.problem.vehicles": {"BatteryVehicle", "FuelVehicle"},
}
LIBRARIES = {"numpy", "pydantic"}


def imports(path: Path) -> list[tuple[str, str]]:
    """Module and name of every import, wherever in the file it stands."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            found += [(node.module or "", alias.name) for alias in node.names]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_records_and_reading_are_imported(path: Path) -> None:
    for module, name in imports(path):
        if module.startswith("voltmile") and not module.startswith("voltmile.check"):
            assert name in ALLOWED.get(module, set()), f"{path.name} imports {name} from {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_imported_by_name(path: Path) -> None:
    """No importlib, no __import__: what is imported is what the import statements say."""
    assert not re.search(r"importlib|__import__|exec\(|eval\(", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_numpy_and_pydantic_are_used(path: Path) -> None:
    import sys

    for module, _ in imports(path):
        top = module.split(".")[0]
        assert top in {"voltmile", *LIBRARIES, *sys.stdlib_module_names}, f"{path.name} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_definition_of_the_nation_is_used(path: Path) -> None:
    """``given.nation.x`` and ``vehicle.x`` may be fields only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in DEFINITIONS:
            owner = ast.unparse(node.value)
            own = owner.split(".")[-1] in {"g", "given", "self"} and not owner.endswith("nation")
            assert own, f"{path.name} uses {owner}.{node.attr}"


def test_the_definitions_are_still_there() -> None:
    """A renamed method must be renamed in the list above."""
    homes = {
        "nation": ["Nation"],
        "vehicles": ["BatteryVehicle"],
        "measures": ["Boxes", "Cutlery", "Measures"],
    }
    owners = [
        getattr(importlib.import_module(f"voltmile.problem.{module}"), name)
        for module, names in homes.items()
        for name in names
    ]
    assert {name for name in DEFINITIONS if not any(hasattr(owner, name) for owner in owners)} == set()


def documented_rules() -> set[str]:
    listed = (voltmile.check.__doc__ or "").split("Rules a violation can name:")[1]
    words = re.findall(r"\b[a-z][a-z_0-9]*[a-z0-9]\b", re.sub(r"\* [a-z ]+:", "", listed))
    return set(words) - {"and"}


def test_every_rule_is_documented() -> None:
    """The package's docstring lists the rules, and no others."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    calls = r"(?:\.add|\.require|\.at_most|\.at_least|\.equal|_equal)\(\s*\"([a-z_0-9]+)\""
    used = set(re.findall(calls, source)) | set(re.findall(r"Sheet\(\s*\"([a-z_]+)\"", source))
    used |= {"budget", "supply", "carbon", "fund"}  # Findings.at_most(limit.kind, ...)
    assert documented_rules() == used


def test_every_rule_has_a_corruption_that_breaks_it() -> None:
    assert documented_rules() == {corruption.rule for corruption in CORRUPTIONS}
