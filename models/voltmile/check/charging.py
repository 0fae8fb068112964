"""Chargers, grid connections and the energy of a day at each hub (Eqs. 5, 6, 7)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from voltmile.check.decisions import Decisions
from voltmile.check.given import Given
from voltmile.check.report import Findings
from voltmile.check.routes import Driven

HubDay = tuple[str, int, str]


@dataclass(frozen=True)
class Charging:
    """What hubs have and use.

    Attributes
    ----------
    installed : dict of (h, s, y) to int
        Chargers in use, existing ones younger than their life included.
    used, delivered, drawn : dict of (h, y, d) to float
        kWh a day: taken from the batteries, put into them, taken from the grid (public charging included).
    """

    installed: dict[tuple[str, str, int], int]
    used: dict[HubDay, float]
    delivered: dict[HubDay, float]
    drawn: dict[HubDay, float]

    def efficiency(self, hub_day: HubDay) -> float:
        """Battery kWh for each kWh drawn; 0 when nothing is drawn."""
        drawn = self.drawn.get(hub_day, 0.0)
        return self.delivered.get(hub_day, 0.0) / drawn if drawn > 0 else 0.0


def count_charging(given: Given, plan: Decisions, driven: list[Driven]) -> Charging:
    """Add up chargers and energy of every hub."""
    installed = {}
    for h in given.hubs:
        for s, charger in given.chargers.items():
            for y in given.years:
                built = sum(
                    plan.build.get((h, s, v), 0) for v in given.years if 0 <= y - v < charger.life_years
                )
                installed[h, s, y] = built + given.existing_alive(h, s, y)
    used: dict[HubDay, float] = defaultdict(float)
    delivered: dict[HubDay, float] = defaultdict(float)
    drawn: dict[HubDay, float] = defaultdict(float)
    for one in driven:
        if given.is_electric(one.route.vehicle_type):
            used[one.route.hub, one.route.year, one.route.day_type] += one.energy
    for (h, k, y, d), days in plan.urban.items():
        if given.is_electric(k):
            used[h, y, d] += days * given.urban_energy(given.hubs[h].city, k, d)
    for (h, s, _, y, d), kwh in plan.charge.items():
        delivered[h, y, d] += given.chargers[s].efficiency * kwh
        drawn[h, y, d] += kwh
    for (h, y, d), kwh in plan.public.items():
        delivered[h, y, d] += given.public_efficiency * kwh
        drawn[h, y, d] += kwh
    return Charging(installed, dict(used), dict(delivered), dict(drawn))


def check_charging(given: Given, plan: Decisions, charging: Charging, findings: Findings) -> None:
    """Check the energy balance, the chargers' power and the grid connection of every hub."""
    for h in given.hubs:
        for y in given.years:
            _check_grid(given, plan, charging, h, y, findings)
            for d in given.days:
                found, used = charging.delivered.get((h, y, d), 0.0), charging.used.get((h, y, d), 0.0)
                where, what = f"{h} {y} {d}", "chargers put into the batteries"
                if findings.at_least("energy_balance", where, what, found, used, "kWh"):
                    findings.at_most("energy_balance", where, what, found, used, "kWh")
        most = given.hubs[h].grid_upgrade_max_kw
        total = sum(plan.upgrade.get((h, y), 0.0) for y in given.years)
        findings.at_most("upgrade_limit", h, "grid connection is extended by", total, most, "kW")
    for (h, s, p, y, d), kwh in plan.charge.items():
        hours = given.periods_of[given.hubs[h].city][p].depot_h_per_day
        count = charging.installed[h, s, y]
        what = f"{count} chargers {s} draw"
        allowed = hours * given.chargers[s].power_kw * count
        findings.at_most("charger_power", f"{h} {s} {p} {y} {d}", what, kwh, allowed, "kWh")


def _check_grid(
    given: Given, plan: Decisions, charging: Charging, h: str, y: int, findings: Findings
) -> None:
    power = sum(charger.power_kw * charging.installed[h, s, y] for s, charger in given.chargers.items())
    connection = given.hubs[h].grid_kw
    connection += sum(plan.upgrade.get((h, past), 0.0) for past in given.years if past <= y)
    findings.at_most("grid", f"{h} {y}", "chargers can draw", power, connection, "kW")
