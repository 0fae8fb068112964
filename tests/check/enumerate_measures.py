"""The campaign measures of models/README.md (Eqs. 17 to 21), written down row by row."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enumeration import Program


def add_measures(p: Program) -> None:
    """Add variables and rows of every measure to an enumerated program."""
    given = p.n.measures
    if given is None:
        return
    if given.e_label is not None:
        _e_label(p, given.e_label)
    for platform in given.packaging:
        _packaging(p, platform)
    if given.boxes is not None:
        for c in p.n.city:
            _box_loop(p, c, given.boxes)
    if given.cutlery is not None:
        _cutlery(p, given.cutlery)


def _e_label(p: Program, given) -> None:
    years = p.n.years
    volumes = zip(years, given.share_max_by_year, given.parcels_million_by_year, strict=True)
    most = {y: (share - given.base_share) * parcels for y, share, parcels in volumes}
    printed = given.labels_per_printer_year / 1000
    for y, price in zip(years, given.printer_cny_by_year, strict=True):
        row = p.add(("label_printing", y), "<", 0.0)
        labels = p.variable(("labels", y), most[y])
        labels.cash[None, y, "savings"] = -1e6 * given.saving_cny_per_label
        labels.co2[None, y] = -1e6 * given.co2_saved_kg_per_label
        row.coefficients["labels", y] = 1.0
        printers = p.variable(("printers", y), max(most.values()) / printed)
        printers.cash[None, y, "e_label"] = 1000 * price
        for bought in years:
            if bought <= y < bought + given.printer_life_years:
                row.coefficients["printers", bought] = -printed


def _packaging(p: Program, platform) -> None:
    before = None
    for y, parcels in zip(p.n.years, platform.parcels_million_by_year, strict=True):
        rows = [p.add(("packaging_rise", platform.id, y), "<", platform.rise_max_per_year * parcels)]
        if before is not None:
            rows.append(p.add(("packaging_kept", platform.id, y), ">", 0.0))
        for number, step in enumerate(platform.step):
            key = ("packed", platform.id, number, y)
            packed = p.variable(key, step.share * parcels)
            packed.cash[None, y, "packaging"] = 1e6 * step.cny_per_parcel
            packed.cash[None, y, "savings"] = -1e6 * platform.saving_cny_per_parcel
            packed.co2[None, y] = -1e6 * platform.co2_saved_kg_per_parcel
            for row in rows:
                row.coefficients[key] = 1.0
                if before is not None:
                    row.coefficients["packed", platform.id, number, y - 1] = -parcels / before
        before = parcels


def _box_loop(p: Program, c: str, loop) -> None:
    n = p.n
    villages = sum(i.parcels_per_day for i in n.villages if n.hub[i.hub].city == c)
    trips_max = {}
    for y in n.years:
        daily = [n.urban_parcels(c, y, d.id) + villages * n.village_factor(y, d.id) for d in n.day_types]
        parcels = sum(d.days_per_year * count for d, count in zip(n.day_types, daily, strict=True))
        trips_max[y] = loop.share_max * parcels / 1000
    per_trip = 1 / loop.trips_per_box_year + loop.loss_share / 2
    most = per_trip * max(trips_max.values())
    for y, price in zip(n.years, loop.box_cny_by_year, strict=True):
        wage = n.header.work.driver_cny_per_h_by_year[n.position(y)]
        bought, pool = p.variable(("boxes", c, y), most), p.variable(("pool", c, y), most)
        trips = p.variable(("trips", c, y), trips_max[y])
        bought.cash[c, y, "boxes"] = 1000 * price
        bought.co2[c, y] = 1000 * loop.co2_kg_per_box
        trips.cash[c, y, "drivers"] = 1000 * wage * loop.return_h * (1 - loop.loss_share)
        trips.cash[c, y, "savings"] = -1000 * loop.saving_cny_per_trip
        kg = loop.co2_kg_per_return * (1 - loop.loss_share) - loop.co2_saved_kg_per_trip
        trips.co2[c, y] = 1000 * kg
        stock = p.add(("box_pool", c, y), "=", 0.0)
        stock.coefficients |= {("pool", c, y): 1.0, ("boxes", c, y): -1.0}
        if y > n.years[0]:
            stock.coefficients |= {("pool", c, y - 1): -1.0, ("trips", c, y - 1): loop.loss_share}
        can = p.add(("box_trips", c, y), "<", 0.0)
        can.coefficients |= {("trips", c, y): per_trip, ("pool", c, y): -1.0}
        if y == n.years[-1] and n.header.horizon.terminal_resale:
            worth = 1000 * loop.end_value_share * price
            pool.cash[c, "end", "box_value"] = -worth
            trips.cash[c, "end", "box_value"] = worth * loop.loss_share


def _cutlery(p: Program, given) -> None:
    first, last = given.response[0], given.response[-1]
    for y, orders in zip(p.n.years, given.orders_million_by_year, strict=True):
        spent = p.variable(("spent", y), 1000 * orders * last.cny_per_order)
        spent.cash[None, y, "cutlery"] = 1000.0
        gained = p.variable(("declined", y), orders * (last.opt_out_share - first.opt_out_share))
        gained.cash[None, y, "savings"] = -1e6 * given.saving_cny_per_set
        gained.co2[None, y] = -1e6 * given.co2_saved_kg_per_set
        for number, (a, b) in enumerate(itertools.pairwise(given.response)):
            slope = (b.opt_out_share - a.opt_out_share) / (b.cny_per_order - a.cny_per_order)
            at_zero = a.opt_out_share - slope * a.cny_per_order - first.opt_out_share
            row = p.add(("cutlery_response", number, y), "<", orders * at_zero)
            row.coefficients |= {("declined", y): 1.0, ("spent", y): -slope / 1000}
