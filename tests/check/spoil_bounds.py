"""Corruptions of the bound and of what proves it."""

from __future__ import annotations

from pathlib import Path

from spoiling import breaks, edit, first

from voltmile.problem.nation import Nation


@breaks("bound")
def bound_raised(folder: Path, nation: Nation) -> None:
    """Everywhere it is written, with a gap to match."""
    with edit(folder, "certificate") as certificate, edit(folder, "summary") as summary:
        bound = certificate["bound"] + abs(certificate["bound"]) / 1000
        certificate["bound"] = summary["bound"] = bound
        summary["gap"] = (summary["objective"] - bound) / abs(summary["objective"])


@breaks("bound")
def bound_above_the_objective(folder: Path, nation: Nation) -> None:
    with edit(folder, "summary") as summary:
        summary["bound"] = summary["objective"] * 1.01
        summary["gap"] = -0.01


@breaks("hub_day")
def claim_raised(folder: Path, nation: Nation) -> None:
    """The claim of a hub-day, and the bound with it."""
    with edit(folder, "certificate") as certificate, edit(folder, "summary") as summary:
        proof = first(certificate["hub_days"])
        more = max(1.0, abs(proof["value"]) / 1000)
        proof["value"] += more
        certificate["bound"] = summary["bound"] = certificate["bound"] + more
        summary["gap"] = (summary["objective"] - summary["bound"]) / abs(summary["objective"])


@breaks("bound")
def dual_altered(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        duals = certificate["duals"].get("stock", [])
        max(duals, key=lambda dual: abs(dual["value"]), default=first(duals))["value"] *= 1.5


@breaks("hub_day")
def village_dual_altered(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        first(certificate["hub_days"])["assign"][0] += 100.0


@breaks("hub_day")
def cut_dual_altered(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        cuts = [
            cut
            for day in certificate["hub_days"]
            for cut in (*day["capacity_cuts"], *day["connectivity_cuts"])
        ]
        max(cuts, key=lambda cut: cut["dual"], default=first(cuts))["dual"] *= 3.0


@breaks("hub_day")
def cut_made_stronger(folder: Path, nation: Nation) -> None:
    """Another divisor makes another cut, whose dual value this is not."""
    with edit(folder, "certificate") as certificate:
        cuts = [cut for day in certificate["hub_days"] for cut in day["capacity_cuts"]]
        max(cuts, key=lambda cut: cut["dual"], default=first(cuts))["divisor"] /= 7.0


@breaks("dual_sign")
def dual_of_the_wrong_sign(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        dual = first(certificate["duals"].get("vehicle_days", []), lambda dual: dual["value"] < -1e-3)
        dual["value"] *= -1


@breaks("dual_sign")
def cut_dual_of_the_wrong_sign(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        cuts = [
            cut
            for day in certificate["hub_days"]
            for cut in (*day["capacity_cuts"], *day["connectivity_cuts"])
        ]
        first(cuts, lambda cut: cut["dual"] > 1e-3)["dual"] *= -1


@breaks("dual_sign")
def dual_above_the_price(folder: Path, nation: Nation) -> None:
    limit = first(
        nation.limits, lambda limit: limit.price_cny_per_unit is not None and limit.kind != "green_cities"
    )
    with edit(folder, "certificate") as certificate:
        duals = [dual for dual in certificate["duals"].get(limit.kind, []) if dual["row"] != limit.id]
        certificate["duals"][limit.kind] = [
            *duals,
            {"row": limit.id, "value": -2 * limit.price_cny_per_unit - 1},
        ]


@breaks("certificate")
def dual_of_no_row(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        certificate["duals"].setdefault("grid", []).append({"row": "atlantis|2018", "value": -1.0})


@breaks("certificate")
def hub_day_left_out(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        certificate["hub_days"].pop()


@breaks("certificate")
def cut_of_another_hub(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        day = first(certificate["hub_days"])
        other = first(i.id for i in nation.villages if i.hub != day["hub"])
        cut = {"villages": [other], "dimension": "kg", "divisor": 1.0, "dual": 1.0}
        day["capacity_cuts"] = [*day["capacity_cuts"], cut]
