"""One hub-day solved, as a row of a table, and the tables of such rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from voltmile.problem.nation import Nation
from voltmile.routes.day import HubDay
from voltmile.solve.hub_tree import HubDayResult
from voltmile.study.benchmark.csv_table import read_records, write_records
from voltmile.study.hub_days.sample import Case


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a hub-day.

    Attributes
    ----------
    vehicles : str
        Types of the plan with their numbers.
    stops_per_route : float
    cost_cny, bound_cny : float
        Of the day itself, not discounted.
    gap : float
        (cost - bound) / cost.
    bound_by : str
    time_s, cpu_s : float
        Wall, and of the process.
    to_3_pct_s, to_1_pct_s : float or None
        Seconds of the solve's own clock until plan and bound were so near; None where they never were.
    """

    hub: str
    city: str
    name: str
    n: int
    year: int
    day_type: str
    vehicles: str
    routes: int
    stops_per_route: float
    cost_cny: float
    bound_cny: float
    gap: float
    bound_by: str
    status: str
    time_s: float
    cpu_s: float
    to_3_pct_s: float | None
    to_1_pct_s: float | None
    nodes: int
    cuts: int

    @property
    def case(self) -> Case:
        """The hub-day."""
        return Case(self.hub, self.year, self.day_type)


def make_row(
    nation: Nation, case: Case, day: HubDay, result: HubDayResult, time_s: float, cpu_s: float
) -> Row:
    """Write down a result.

    Raises
    ------
    ValueError
        For a plan that no vehicle can drive, or that does not serve every village once.
    """
    check_plan(day, result)
    kinds = Counter(day.rides[route.ride].vehicle_type for route in result.routes)
    place = nation.hub[case.hub]
    return Row(
        hub=case.hub,
        city=place.city,
        name=place.name,
        n=day.network.size,
        year=case.year,
        day_type=case.day_type,
        vehicles=", ".join(f"{many} {kind}" for kind, many in sorted(kinds.items())),
        routes=len(result.routes),
        stops_per_route=round(day.network.size / max(len(result.routes), 1), 2),
        cost_cny=result.cost / day.weight,
        bound_cny=result.bound / day.weight,
        gap=result.gap,
        bound_by=result.bound_by,
        status=str(result.status.value),
        time_s=round(time_s, 2),
        cpu_s=round(cpu_s, 2),
        to_3_pct_s=_until(result, 0.03),
        to_1_pct_s=_until(result, 0.01),
        nodes=result.nodes,
        cuts=result.cuts,
    )


def check_plan(day: HubDay, result: HubDayResult) -> None:
    """Check that the routes are feasible and serve every village exactly once."""
    if not result.routes:
        return
    served = sorted(i for route in result.routes for i in route.tour.nodes)
    if served != list(range(1, day.network.size + 1)):
        raise ValueError(f"hub {day.network.hub}: a village is not served exactly once")
    for route in result.routes:
        if day.column(day.rides[route.ride], route.tour) is None:
            raise ValueError(f"hub {day.network.hub}: a route that its vehicle cannot drive")


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a file; none where there is no file.

    Raises
    ------
    OutputError
        When it is another table.
    """
    return read_records(path, Row, "hub-days")


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a file of rows in one go: it has them all, or is as it was."""
    write_records(path, Row, rows)


def _until(result: HubDayResult, gap: float) -> float | None:
    for point in result.trace:
        if math.isfinite(point.cost) and point.cost - point.bound <= gap * point.cost:
            return round(point.seconds, 2)
    return None
