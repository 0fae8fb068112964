"""Which columns visit, drive and charge where: the sparse index sets of everything that sums over routes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import isclose

import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import FuelVehicle
from voltmile.programs.feature import Expr
from voltmile.routes.columns import Column


class RouteSets:
    """The columns with their variables, grouped by what the equations sum over.

    Attributes
    ----------
    visiting : dict
        (i, y, d) -> columns that visit village i.
    driving : dict
        (c, k, y, d) -> columns of a city and vehicle type on a day.
    charging : dict
        (h, y, d) -> columns of battery vehicles from a hub on a day.
    of_city : dict
        (c, y) -> columns of a city in a year.
    """

    def __init__(self, nation: Nation, columns: Sequence[Column], variables: Sequence[pyo.Var]) -> None:
        self.nation = nation
        self.columns = columns
        self.variables = variables
        self.visiting: dict[tuple[str, int, str], list[int]] = defaultdict(list)
        self.driving: dict[tuple[str, str, int, str], list[int]] = defaultdict(list)
        self.charging: dict[tuple[str, int, str], list[int]] = defaultdict(list)
        self.of_city: dict[tuple[str, int], list[int]] = defaultdict(list)
        for r, column in enumerate(columns):
            self._group(r, column)

    def _group(self, r: int, column: Column) -> None:
        c, y, d = self.nation.hub[column.hub].city, column.year, column.day_type
        for village in column.stops:
            self.visiting[village, y, d].append(r)
        self.driving[c, column.vehicle_type, y, d].append(r)
        self.of_city[c, y].append(r)
        if column.energy_kwh:
            self.charging[column.hub, y, d].append(r)

    def number(self, routes: Iterable[int]) -> Expr:
        """Count the used routes among some columns."""
        return LinearExpression([self.variables[r] for r in routes])

    def total(self, routes: Iterable[int], each: Callable[[Column], float]) -> Expr:
        """Sum of a figure over the used routes among some columns."""
        figures = [(r, each(self.columns[r])) for r in routes]
        return LinearExpression(
            linear_coefs=[figure for _, figure in figures if figure],
            linear_vars=[self.variables[r] for r, figure in figures if figure],
        )

    def total_of_year(self, routes: Iterable[int], each: Callable[[Column], float]) -> Expr:
        """Sum of a figure over the used routes among some columns and over the days of the year."""
        days = {d.id: d.days_per_year for d in self.nation.day_types}
        return self.total(routes, lambda column: days[column.day_type] * each(column))


def check_costs(nation: Nation, columns: Sequence[Column]) -> None:
    """Raise ValueError unless each column's cost is its drivers, maintenance and fuel.

    Pricing works with the sum and the program with the three terms; a difference would void the bound.
    """
    for r, column in enumerate(columns):
        terms = driver_cny(nation, column) + maintenance_cny(nation, column) + fuel_cny(nation, column)
        if not isclose(column.cost_cny, terms, rel_tol=1e-9, abs_tol=1e-9):
            raise ValueError(f"column {r} costs {column.cost_cny!r}, its terms {terms!r}: {column}")


def driver_cny(nation: Nation, column: Column) -> float:
    """Driver of one day of a route (CNY)."""
    return nation.header.work.driver_cny_per_h_by_year[nation.position(column.year)] * column.duration_h


def maintenance_cny(nation: Nation, column: Column) -> float:
    """Maintenance of one day of a route (CNY)."""
    return nation.vehicle_type[column.vehicle_type].maintenance_cny_per_km * column.distance_km


def fuel_cny(nation: Nation, column: Column) -> float:
    """Fuel of one day of a route (CNY)."""
    return fuel_price(nation, column.vehicle_type, column.year) * column.fuel_l


def fuel_price(nation: Nation, k: str, y: int) -> float:
    """Price of a litre of the type's fuel (CNY); 0 for a battery vehicle."""
    vehicle = nation.vehicle_type[k]
    if not isinstance(vehicle, FuelVehicle):
        return 0.0
    return nation.fuel[vehicle.fuel].price_cny_per_l_by_year[nation.position(y)]


def fuel_co2_kg_per_l(nation: Nation, k: str) -> float:
    """CO2 of a litre of the type's fuel (kg); 0 for a battery vehicle."""
    vehicle = nation.vehicle_type[k]
    return nation.fuel[vehicle.fuel].co2_kg_per_l if isinstance(vehicle, FuelVehicle) else 0.0
