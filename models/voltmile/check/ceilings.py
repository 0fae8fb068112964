"""Upper bounds of the variables (models/README.md, Bounds of the variables); all lower bounds are 0."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from voltmile.check.given import Given

#: A quotient of decimal numbers so close to a whole number is that number.
WHOLE = 1e-9


@dataclass(frozen=True)
class Ceilings:
    """The bounds, one method a variable, each with the variable's index letters."""

    given: Given

    @cached_property
    def fleet_max(self) -> dict[tuple[str, str], int]:
        """Most vehicles of a type a city has a use for: all urban parcels, each village on one of its own."""
        return {(c, k): self._fleet_max(c, k) for c in self.given.cities for k in self.given.vehicles}

    def _fleet_max(self, c: str, k: str) -> int:
        g = self.given
        villages = sum(len(g.villages_of[hub.id]) for hub in g.hubs_of[c])
        urban = max(self._urban_days(c, k, y, d) for y in g.years for d in g.days)
        existing = sum(g.existing_vehicles.get((c, k), {}).values())
        return existing + math.ceil((villages + urban) / g.vehicles[k].availability - WHOLE)

    def _urban_days(self, c: str, k: str, y: int, d: str) -> float:
        productivity = self.given.productivity(c, k)
        return self.given.urban_demand(c, y, d) / productivity if productivity > 0 else 0.0

    def buy(self, c: str, k: str, y: int) -> int:
        """Buy[c,k,y]; 0 where only electric vehicles may be bought (Eq. 9)."""
        since = self.given.cities[c].ev_only_from_year
        if since is not None and since <= y and not self.given.is_electric(k):
            return 0
        return self.fleet_max[c, k]

    def vintage(self, c: str, k: str, v: int) -> int:
        """Sell[c,k,v,y] and Stock[c,k,v,y]: all there is of a vintage."""
        if v < self.given.years[0]:
            return self.given.existing_vehicles.get((c, k), {}).get(v, 0)
        return self.buy(c, k, v)

    def grid_kw(self, h: str) -> float:
        """Grid connection of a hub with all upgrades."""
        hub = self.given.hubs[h]
        return hub.grid_kw + hub.grid_upgrade_max_kw

    def build(self, h: str, s: str) -> int:
        """Build[h,s,y]."""
        return math.floor(self.grid_kw(h) / self.given.chargers[s].power_kw + WHOLE)

    def urban(self, h: str, k: str, y: int, d: str) -> float:
        """Urban[h,k,y,d]."""
        hub = self.given.hubs[h]
        return self._urban_days(hub.city, k, y, d) if hub.serves_urban else 0.0

    def charge(self, h: str, p: str) -> float:
        """Charge[h,s,p,y,d]."""
        hours = self.given.periods_of[self.given.hubs[h].city][p].depot_h_per_day
        return hours * self.grid_kw(h)

    def public(self, h: str, y: int, d: str) -> float:
        """Public[h,y,d]."""
        g = self.given
        if g.public_efficiency <= 0:
            return 0.0
        electric = [k for k in g.vehicles if g.is_electric(k)]
        routes = len(g.villages_of[h]) * max((g.range_kwh(k) for k in electric), default=0.0)
        urban = sum(self.urban(h, k, y, d) * g.urban_energy(g.hubs[h].city, k, d) for k in electric)
        return (routes + urban) / g.public_efficiency

    # -- campaign measures ----------------------------------------------------------------------------------

    def labels(self, y: int) -> float:
        """Labels[y] (million)."""
        given = self.given.measures.e_label
        if given is None:
            return 0.0
        n = self.given.nth(y)
        return given.parcels_million_by_year[n] * (given.share_max_by_year[n] - given.base_share)

    def printers(self) -> float:
        """Printers[y] (thousand): enough for the labels of every year."""
        given = self.given.measures.e_label
        if given is None:
            return 0.0
        return max(map(self.labels, self.given.years)) * 1e6 / (given.labels_per_printer_year * 1e3)

    def packed(self, o: str, n: int, y: int) -> float:
        """Packed[o,n,y] (million parcels)."""
        platform = self.given.platforms[o]
        if not 0 <= n < len(platform.step):
            return 0.0
        return platform.step[n].share * platform.parcels_million_by_year[self.given.nth(y)]

    @cached_property
    def _trips(self) -> dict[tuple[str, int], float]:
        loop, g = self.given.measures.boxes, self.given
        share = loop.share_max if loop is not None else 0.0
        return {(c, y): share * g.yearly_parcels(c, y) / 1e3 for c in g.cities for y in g.years}

    def trips(self, c: str, y: int) -> float:
        """Trips[c,y] (thousand)."""
        return self._trips[c, y]

    def boxes(self, c: str) -> float:
        """Boxes[c,y] and Pool[c,y] (thousand): enough for the trips of every year."""
        loop = self.given.measures.boxes
        if loop is None:
            return 0.0
        each = 1.0 / loop.trips_per_box_year + loop.loss_share / 2.0
        return each * max(self.trips(c, y) for y in self.given.years)

    def spent(self, y: int) -> float:
        """Spent[y] (thousand CNY)."""
        given = self.given.measures.cutlery
        if given is None:
            return 0.0
        return given.response[-1].cny_per_order * given.orders_million_by_year[self.given.nth(y)] * 1e6 / 1e3

    def declined(self, y: int) -> float:
        """Declined[y] (million orders)."""
        given = self.given.measures.cutlery
        if given is None:
            return 0.0
        gained = given.response[-1].opt_out_share - given.response[0].opt_out_share
        return gained * given.orders_million_by_year[self.given.nth(y)]
