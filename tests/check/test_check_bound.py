"""The bound the checker computes holds, whatever the dual values, and is the one the dual values prove."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import numpy as np
import pytest
from enumeration import Key
from examples import Example
from solving import cheapest_serving, least_without_routes

from voltmile.check.bound import Lagrangian
from voltmile.check.ceilings import Ceilings
from voltmile.check.certificate import Certificate, read_certificate
from voltmile.check.given import Given
from voltmile.check.hub_day import HubDayBound, Ways, most_carried, rounded_up
from voltmile.check.rates import rates_of
from voltmile.check.report import Findings
from voltmile.check.roads import RoadBook
from voltmile.check.sums import Sum, Variable


def certificate_of(example: Example) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((example.folder / "certificate.json").read_text())
    return found


def read(example: Example, raw: dict[str, Any]) -> Certificate:
    findings = Findings()
    duals = read_certificate(raw, Given(example.nation), findings)
    assert duals is not None
    assert not findings.violations, findings.violations
    return duals


def routes_at_least(example: Example, duals: Certificate) -> dict[Key, float]:
    """What the proofs of a certificate prove, by hub-day."""
    given = Given(example.nation)
    roads = RoadBook(given)
    found: dict[Key, float] = {}
    for key, proof in duals.proofs.items():
        rates = {k: rates_of(given, duals, key[0], k, *key[1:]) for k in given.vehicles}
        proven = HubDayBound(given, Ways.of(roads, key[0]), proof, rates).proven()
        found[key] = proven.value - proven.error
    return found


def others_at_least(example: Example, duals: Certificate) -> float:
    given = Given(example.nation)
    return Lagrangian(given, Ceilings(given), duals).bound().safe


def shaken(raw: dict[str, Any], rng: np.random.Generator) -> tuple[dict[str, Any], dict[Key, float]]:
    """Other dual values of the right signs, in the file's form and by row."""
    raw = copy.deepcopy(raw)
    by_row: dict[Key, float] = {}
    for family, entries in raw["duals"].items():
        for entry in entries:
            entry["value"] *= rng.uniform(0.0, 1.0) if family != "stock" else rng.uniform(-1.0, 2.0)
            letters = entry["row"].split("|")
            by_row[family, *(int(part) if part.isdigit() else part for part in letters)] = entry["value"]
    for proof in raw["hub_days"]:
        lists = [proof["assign"], *proof["degree"].values()]
        for values in lists:
            values[:] = [value * rng.uniform(0.5, 1.3) + rng.normal(0, 20) for value in values]
        for part in (proof["hub_degree"], *(proof[row] for row in ("kg", "m3", "shift", "range"))):
            for k in part:
                part[k] *= rng.uniform(0.0, 1.5)
        for cut in (*proof["capacity_cuts"], *proof["connectivity_cuts"]):
            cut["dual"] *= rng.uniform(0.0, 2.0)
    return raw, by_row


def test_the_bound_is_that_of_the_rows(example: Example) -> None:
    """Columns here, rows and scipy there."""
    duals = read(example, certificate_of(example))
    writer = example.writer
    others = least_without_routes(writer.p, writer.duals)
    assert others_at_least(example, duals) == pytest.approx(others, rel=1e-9)
    proven = routes_at_least(example, duals)
    for proof in writer.proofs:
        assert proven[proof["hub"], proof["year"], proof["day_type"]] == pytest.approx(
            proof["value"], rel=1e-9
        )


def test_the_bound_of_the_toy_is_the_relaxation_over_all_routes(toy: Example) -> None:
    """With every cut, the two-index program of so few villages is as good as all routes: 193,302.5 CNY."""
    assert toy.writer.bound == pytest.approx(toy.writer.s.relaxed_objective) == pytest.approx(193_302.5)


@pytest.mark.parametrize("seed", range(12))
def test_any_dual_values_give_a_bound(seed: int, example: Example) -> None:
    rng = np.random.default_rng(seed)
    raw, by_row = shaken(certificate_of(example), rng)
    duals, program = read(example, raw), example.writer.p
    by_row |= {row: max(0.0, pi) for row, pi in by_row.items() if row[0] == "energy_balance"}
    assert others_at_least(example, duals) == pytest.approx(least_without_routes(program, by_row), rel=1e-9)
    proven = routes_at_least(example, duals)
    for (h, y, d), value in proven.items():
        assert value <= cheapest_serving(program, str(h), y, str(d), by_row) + 1e-6  # type: ignore[arg-type]
    assert others_at_least(example, duals) + sum(proven.values()) <= example.writer.s.objective


def test_negative_prices_of_energy_count_as_none(small: Example) -> None:
    raw = certificate_of(small)
    raw["duals"]["energy_balance"] = [{"row": "e1|2020|regular", "value": -5.0}]
    assert read(small, raw).dual("energy_balance", "e1", 2020, "regular") == 0.0


def test_a_route_carries_what_its_scarcer_dimension_allows() -> None:
    """2 m3 at 0.01 m3/kg hold 200 kg, less than the payload of 500 kg."""
    assert most_carried(500.0, np.array([10.0, 20.0, 0.0]), 2.0, np.array([0.1, 0.4, 0.3])) == pytest.approx(
        200.0
    )
    assert most_carried(500.0, np.array([10.0, 20.0]), 2.0, np.array([0.0, 0.4])) == 500.0


def test_rounding_dust_is_no_whole_unit() -> None:
    assert rounded_up(0.95 * 3 / 0.95, 1e-9) == 3
    assert rounded_up(3.001, 1e-9) == 4


def test_a_safe_sum_is_below_the_exact_one() -> None:
    """0.1 is a little more than a tenth, so ten times -0.1 are a little less than -1."""
    total = Sum()
    for _ in range(10):
        total.add(-0.1)
    assert total.safe < -1.0 < total.value + 1e-15
    assert math.isclose(total.safe, -1.0, rel_tol=1e-14)


def test_a_reduced_cost_of_about_zero_is_not_trusted() -> None:
    total, variable = Sum(), Variable()
    variable.cost(0.3)
    variable.row(0.1, 3.0)
    variable.least(1e6, total)
    assert -1e-8 < total.safe < 0.0
