"""summary.json and provenance.json held against what was recomputed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from voltmile.check.costs import TERMS
from voltmile.check.given import Given
from voltmile.check.limits import LimitCheck
from voltmile.check.report import Findings, is_number, number, slack_for
from voltmile.check.tables import Recomputed

STATUSES = ("optimal", "feasible", "time_limit", "interrupted", "infeasible")
#: "optimal" is a claim about the gap; what is not proven is not optimal.
OPTIMAL_GAP = 1e-4


def check_summary(
    summary: Mapping[str, Any], right: Recomputed, limits: LimitCheck, findings: Findings
) -> None:
    """Compare objective, costs, CO2, journey and sizes."""
    g, books = right.given, right.books
    message = f"format is {summary.get('format')!r:.40}; valid: 1"
    findings.require("format", summary.get("format") == 1, "summary.json", message)
    name = g.nation.header.name
    said = summary.get("instance")
    findings.require(
        "summary", said == name, "summary.json", f"instance is {said!r}; the instance is {name!r}"
    )
    _equal("objective", summary, "objective", books.objective, "CNY", findings)
    costs = _part(summary, "costs", findings)
    for term in TERMS:
        _equal("summary", costs, term, books.term(term), "CNY", findings, "costs", optional=True)
    for term in costs.keys() - set(TERMS):
        findings.require("summary", False, "summary.json", f"costs has the unknown term {term!r}")
    co2 = _part(summary, "co2_kg", findings)
    for y in g.years:
        _equal("co2", co2, str(y), books.co2_of(y), "kg", findings, "co2_kg")
    _equal("co2", summary, "co2_kg_total", sum(books.co2_of(y) for y in g.years), "kg", findings)
    by_year = _part(summary, "journey_km_per_visit_by_year", findings)
    for y in g.years:
        km, visits = limits.journey(y)
        _equal(
            "journey_summary",
            by_year,
            str(y),
            _per(km, visits),
            "km",
            findings,
            "journey_km_per_visit_by_year",
        )
    km, visits = limits.journey(*g.years)
    _equal("journey_summary", summary, "journey_km_per_visit", _per(km, visits), "km", findings)
    sizes = summary.get("sizes")
    sizes = sizes if isinstance(sizes, dict) else {}
    for part, count in (("cities", len(g.cities)), ("hubs", len(g.hubs)), ("villages", len(g.villages))):
        _equal("summary", sizes, part, count, "", findings, "sizes")


def check_status(summary: Mapping[str, Any], has_plan: bool, findings: Findings) -> None:
    """Check status, and the arithmetic of the gap."""
    status, objective, bound = (summary.get(key) for key in ("status", "objective", "bound"))
    valid = ", ".join(STATUSES)
    findings.require("status", status in STATUSES, "summary.json", f"status is {status!r}; valid: {valid}")
    message = "status is infeasible, but there is a plan"
    findings.require("status", status != "infeasible" or not has_plan, "summary.json", message)
    if bound is None and summary.get("gap") is None:  # nothing was proven
        message = "status is optimal, but no bound is given"
        findings.require("status", status != "optimal", "summary.json", message)
        return
    message = f"bound is {bound!r:.40}; a number is wanted"
    findings.require("bound", is_number(bound), "summary.json", message)
    if not (is_number(bound) and is_number(objective)):
        return
    message = f"bound {number(bound)} CNY is above the objective {number(objective)} CNY"
    findings.require("bound", bound <= objective + slack_for(objective), "summary.json", message)
    gap = (objective - bound) / abs(objective) if objective else 0.0
    _equal("gap", summary, "gap", gap, "", findings)
    message = f"status is optimal, but the gap of {gap:.3%} proves it to {OPTIMAL_GAP:.2%} only"
    findings.require("status", status != "optimal" or gap <= OPTIMAL_GAP, "summary.json", message)


def check_provenance(provenance: Mapping[str, Any], given: Given, findings: Findings) -> None:
    """Check that the result is one of this instance."""
    said, digest = provenance.get("instance_sha256"), instance_digest(given)
    message = f"instance_sha256 is {said!r}; that of the instance is {digest!r}"
    findings.require("provenance", said == digest, "provenance.json", message)


def instance_digest(given: Given) -> str:
    """SHA-256 of the instance's records."""
    return hashlib.sha256(given.nation.model_dump_json(by_alias=True).encode()).hexdigest()


def _per(amount: float, number_of: float) -> float:
    return amount / number_of if number_of else 0.0


def _part(summary: Mapping[str, Any], key: str, findings: Findings) -> dict[str, Any]:
    part = summary.get(key)
    if isinstance(part, dict):
        return part
    findings.require("format", False, "summary.json", f"{key} is {part!r:.40}; an object is wanted")
    return {}


def _equal(
    rule: str,
    part: Mapping[str, Any],
    key: str,
    expected: float,
    unit: str,
    findings: Findings,
    prefix: str = "",
    *,
    optional: bool = False,
) -> None:
    """Compare one number; an optional one may be left out when it is 0."""
    name = f"{prefix}.{key}" if prefix else key
    found = part.get(key, 0.0 if optional and abs(expected) <= slack_for(expected) else None)
    if not is_number(found):
        findings.require(
            rule, False, "summary.json", f"{name} is {found!r:.40}, recomputed {number(expected)} {unit}"
        )
        return
    findings.equal(rule, "summary.json", name, float(found), expected, unit)
