"""One village a route: columns that exist for every village that can be served at all."""

from __future__ import annotations

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.routes.day import HubDay
from voltmile.routes.tours import tour_of
from voltmile.solve.infeasible import InfeasibleError


def single_columns(nation: Nation, days: list[HubDay]) -> list[Column]:
    """Return a route to each village alone on each day, by the cheapest type that can drive it.

    Raises
    ------
    InfeasibleError
        Naming every village and day (the first twenty) that no vehicle type can serve.
    """
    found: list[Column] = []
    missing: list[str] = []
    for day in days:
        for node, village in enumerate(day.network.villages, start=1):
            tour = tour_of(day.network, (node,))
            made = [c for ride in day.rides if (c := day.column(ride, tour)) is not None]
            if made:
                found.append(min(made, key=lambda column: (column.cost_cny, column.vehicle_type)))
            else:
                load = f"{tour.kg * day.factor:.0f} kg, {tour.m3 * day.factor:.2f} m3"
                away = f"{tour.distance_km:.0f} km there and back, {day.duration_h(tour):.1f} h"
                missing.append(
                    f"{village} {nation.village[village].name}, {day.day_type} {day.year}: {load}, {away}"
                )
    if missing:
        more = f"\n  and {len(missing) - 20} more" if len(missing) > 20 else ""
        raise InfeasibleError(
            f"{len(missing)} villages cannot be served by any vehicle type even alone on a route:\n  "
            + "\n  ".join(missing[:20])
            + more
        )
    return found
