"""What the dual values prove about the campaign measures: their share of the bound of :mod:`bound`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voltmile.check.ceilings import Ceilings
from voltmile.check.certificate import Certificate
from voltmile.check.given import Given
from voltmile.check.measures import pieces
from voltmile.check.sums import Sum, Variable
from voltmile.problem.limits import LabelsLimit


@dataclass(frozen=True)
class MeasuresBound:
    """Right-hand sides and variables of Eqs. 17 to 21.

    Attributes
    ----------
    pay : callable
        ``pay(variable, term, y, cny)``: cash in the objective and in what limits it.
    emit : callable
        ``emit(variable, y, kg)``: CO2 in the carbon limits.
    """

    given: Given
    ceilings: Ceilings
    duals: Certificate
    pay: Callable[[Variable, str, int, float], None]
    emit: Callable[[Variable, int, float], None]

    def add(self, total: Sum) -> None:
        """Add everything the measures contribute."""
        g = self.given
        if g.measures.e_label is not None:
            for y in g.years:
                self._labels(y, total)
        for o in g.platforms:
            for y in g.years:
                self._packaging(o, y, total)
        if g.measures.boxes is not None:
            for c in g.cities:
                for y in g.years:
                    self._boxes(c, y, total)
        if g.measures.cutlery is not None:
            for y in g.years:
                self._cutlery(y, total)

    def _labels(self, y: int, total: Sum) -> None:
        """Printers[y] and Labels[y]."""
        g, dual, given = self.given, self.duals.dual, self.given.measures.e_label
        assert given is not None
        printers = Variable()
        self.pay(printers, "e_label", y, given.printer_cny_by_year[g.nth(y)] * 1e3)
        for later in range(y, min(g.end, y + given.printer_life_years)):
            printers.row(-given.labels_per_printer_year * 1e3 / 1e6, dual("label_printing", later))
        printers.least(self.ceilings.printers(), total)
        labels = Variable()
        self.pay(labels, "savings", y, -given.saving_cny_per_label * 1e6)
        self.emit(labels, y, -given.co2_saved_kg_per_label * 1e6)
        labels.row(1.0, dual("label_printing", y))
        for limit in g.nation.header.limit:
            if isinstance(limit, LabelsLimit) and y <= limit.year:
                labels.row(1.0, dual("labels", limit.id))
        labels.least(self.ceilings.labels(y), total)

    def _packaging(self, o: str, y: int, total: Sum) -> None:
        """Packed[o,n,y] of every step."""
        g, dual, platform = self.given, self.duals.dual, self.given.platforms[o]
        parcels = platform.parcels_million_by_year
        total.add(platform.rise_max_per_year * parcels[g.nth(y)] * dual("packaging_rise", o, y))
        for n, step in enumerate(platform.step):
            packed = Variable()
            self.pay(packed, "packaging", y, step.cny_per_parcel * 1e6)
            self.pay(packed, "savings", y, -platform.saving_cny_per_parcel * 1e6)
            self.emit(packed, y, -platform.co2_saved_kg_per_parcel * 1e6)
            for row in ("packaging_rise", "packaging_kept"):
                packed.row(1.0, dual(row, o, y))
                if y < g.years[-1]:
                    packed.row(-parcels[g.nth(y + 1)] / parcels[g.nth(y)], dual(row, o, y + 1))
            packed.least(self.ceilings.packed(o, n, y), total)

    def _boxes(self, c: str, y: int, total: Sum) -> None:
        """Boxes[c,y], Pool[c,y] and Trips[c,y]."""
        g, dual, loop = self.given, self.duals.dual, self.given.measures.boxes
        assert loop is not None
        is_last, most = y == g.years[-1], self.ceilings.boxes(c)
        boxes, pool, trips = Variable(), Variable(), Variable()
        self.pay(boxes, "boxes", y, loop.box_cny_by_year[g.nth(y)] * 1e3)
        self.emit(boxes, y, loop.co2_kg_per_box * 1e3)
        boxes.row(-1.0, dual("box_pool", c, y))
        pool.row(1.0, dual("box_pool", c, y))
        pool.row(-1.0, dual("box_trips", c, y))
        back = 1.0 - loop.loss_share
        self.pay(trips, "drivers", y, g.driver_wage(y) * loop.return_h * back * 1e3)
        self.pay(trips, "savings", y, -loop.saving_cny_per_trip * 1e3)
        self.emit(trips, y, loop.co2_kg_per_return * back * 1e3)
        self.emit(trips, y, -loop.co2_saved_kg_per_trip * 1e3)
        trips.row(1.0 / loop.trips_per_box_year + loop.loss_share / 2.0, dual("box_trips", c, y))
        if not is_last:
            pool.row(-1.0, dual("box_pool", c, y + 1))
            trips.row(loop.loss_share, dual("box_pool", c, y + 1))
        elif g.counts_terminal_value:
            worth = g.delta[g.end] * loop.end_value_share * loop.box_cny_by_year[-1] * 1e3
            pool.cost(-worth)
            trips.cost(worth * loop.loss_share)
        boxes.least(most, total)
        pool.least(most, total)
        trips.least(self.ceilings.trips(c, y), total)

    def _cutlery(self, y: int, total: Sum) -> None:
        """Spent[y] and Declined[y]."""
        g, dual, given = self.given, self.duals.dual, self.given.measures.cutlery
        assert given is not None
        orders = given.orders_million_by_year[g.nth(y)]
        spent, declined = Variable(), Variable()
        self.pay(spent, "cutlery", y, 1e3)
        self.pay(declined, "savings", y, -given.saving_cny_per_set * 1e6)
        self.emit(declined, y, -given.co2_saved_kg_per_set * 1e6)
        for n, (slope, at_zero) in enumerate(pieces(given)):
            row = dual("cutlery_response", n, y)
            total.add(orders * at_zero * row)
            spent.row(-slope * 1e3 / 1e6, row)
            declined.row(1.0, row)
        spent.least(self.ceilings.spent(y), total)
        declined.least(self.ceilings.declined(y), total)
