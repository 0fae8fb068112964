"""measures.csv of a solved enumeration, from the cash and CO2 of its own variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from result_writer import ResultWriter

Number = tuple[str, float, str]


class Year:
    """Sums over the variables of a name in a year."""

    def __init__(self, writer: ResultWriter, y: int) -> None:
        self.p, self.n, self.value, self.y = writer.p, writer.n, writer.s.value, y

    def keys(self, name: str, letter: object = None) -> list[Any]:
        own = [key for key in self.value if key[0] == name and key[-1] == self.y]
        return own if letter is None else [key for key in own if letter in key]

    def total(self, name: str, letter: object = None) -> float:
        return sum(self.value[key] for key in self.keys(name, letter))

    def cash(self, name: str, term: str, letter: object = None) -> float:
        return sum(
            amount * self.value[key]
            for key in self.keys(name, letter)
            for (_, _, of), amount in self.p.variables[key].cash.items()
            if of == term
        )

    def co2_saved(self, name: str, letter: object = None) -> float:
        return -sum(sum(self.p.variables[k].co2.values()) * self.value[k] for k in self.keys(name, letter))


def measure_rows(writer: ResultWriter) -> Iterator[dict[str, Any]]:
    given = writer.n.measures
    assert given is not None
    labelled = 0.0
    for at, y in enumerate(writer.n.years):
        year = Year(writer, y)
        parcels = given.e_label.parcels_million_by_year[at]
        labelled += given.e_label.base_share * parcels + year.total("labels")
        parts = [("e_label", "", list(_e_label(year, given.e_label, at, labelled)))]
        parts += [("packaging", o.id, list(_packaging(year, o, at))) for o in given.packaging]
        parts += [("boxes", "", list(_boxes(year, given.boxes)))]
        parts += [("cutlery", "", list(_cutlery(year, given.cutlery, at)))]
        for measure, part, numbers in parts:
            for what, value, unit in numbers:
                row = {"year": y, "measure": measure, "part": part, "what": what}
                yield row | {"value": value, "unit": unit}


def _e_label(year: Year, given, at: int, labelled: float) -> Iterator[Number]:
    of_year = given.base_share * given.parcels_million_by_year[at] + year.total("labels")
    yield "parcels", of_year, "million"
    yield "share", of_year / given.parcels_million_by_year[at], "share"
    yield "parcels_so_far", labelled, "million"
    yield "printers_bought", year.total("printers"), "thousand"
    yield "paper_saved", given.sheets_saved_per_label * year.total("labels"), "million sheets"
    yield "co2_saved", year.co2_saved("labels"), "kg"
    yield "cost", year.cash("printers", "e_label"), "CNY"
    yield "savings", -year.cash("labels", "savings"), "CNY"


def _packaging(year: Year, platform, at: int) -> Iterator[Number]:
    packed = year.total("packed", platform.id)
    yield "parcels", packed, "million"
    yield "share", packed / platform.parcels_million_by_year[at], "share"
    yield "co2_saved", year.co2_saved("packed", platform.id), "kg"
    yield "cost", year.cash("packed", "packaging", platform.id), "CNY"
    yield "savings", -year.cash("packed", "savings", platform.id), "CNY"


def _boxes(year: Year, given) -> Iterator[Number]:
    trips = year.total("trips")
    returned = (1 - given.loss_share) * trips
    yield "bought", year.total("boxes"), "thousand"
    yield "owned", year.total("pool"), "thousand"
    yield "trips", trips, "thousand"
    yield "returned", returned, "thousand"
    yield "lost", trips - returned, "thousand"
    yield "return_time", 1000 * returned * given.return_h, "h"
    yield "co2_saved", year.co2_saved("boxes") + year.co2_saved("trips"), "kg"
    yield "cost", year.cash("boxes", "boxes"), "CNY"
    yield "savings", -year.cash("trips", "savings"), "CNY"


def _cutlery(year: Year, given, at: int) -> Iterator[Number]:
    orders = given.orders_million_by_year[at]
    without = given.response[0].opt_out_share * orders + year.total("declined")
    yield "orders", without, "million"
    yield "share", without / orders, "share"
    yield "co2_saved", year.co2_saved("declined"), "kg"
    yield "cost", year.cash("spent", "cutlery"), "CNY"
    yield "savings", -year.cash("declined", "savings"), "CNY"
