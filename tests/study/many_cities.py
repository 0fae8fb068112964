"""A nation of many cities without villages, and a fleet table made up for it: what figures are tried on."""

from __future__ import annotations

from dataclasses import replace

import tiny

from voltmile.problem.energy import TemperaturePoint
from voltmile.problem.nation import Nation
from voltmile.problem.places import City, CityTemperature, GridFactor, Hub
from voltmile.study.tables import Tables, make_frame, make_tables


def nation_of(number: int) -> Nation:
    """Return cities on as many grids, from water to coal, the last ones in the cold."""
    names = [f"c{n:03d}" for n in range(number)]
    base, hub = tiny.nation().cities[0].model_dump(), tiny.nation().hubs[0].model_dump()
    parts = {name: getattr(tiny.nation(), name) for name in Nation.model_fields}
    changed = {
        "cities": tuple(
            City(**{**base, "id": name, "name": f"City {n}", "grid": name}) for n, name in enumerate(names)
        ),
        "hubs": tuple(Hub(**{**hub, "id": f"h{name}", "city": name}) for name in names),
        "villages": (),
        "existing_fleet": (),
        "existing_chargers": (),
        "temperatures": tuple(
            CityTemperature(city=name, day_type=day, celsius=15.0 - 30.0 * n / number)
            for n, name in enumerate(names)
            for day in ("regular", "peak")
        ),
        "grid": tuple(
            GridFactor(
                grid=name, kind="average", year=year, co2_kg_per_kwh=0.1 + 0.8 * (7 * n % number) / number
            )
            for n, name in enumerate(names)
            for year in (2018, 2019)
        ),
        "energy_book": parts["energy_book"].model_copy(
            update={
                "temperature": tuple(
                    TemperaturePoint(celsius=c, factor=f) for c, f in ((-15.0, 1.6), (15.0, 1.0))
                )
            }
        ),
    }
    return Nation(**{**parts, **changed})


def _grid(n: int, number: int) -> float:
    return 0.1 + 0.8 * (7 * n % number) / number


def tables_of(nation: Nation) -> Tables:
    """Return tables in which a city drives electric the more the cleaner its grid is."""
    fleet, cities = [], []
    for n, city in enumerate(nation.cities):
        for year in nation.years:
            total = 20 + 37 * n % 400
            electric = round(total * max(0.0, 1.0 - nation.grid_factor(city.id, year) - 0.1 * (n % 3)))
            fleet += [
                (city.id, "ev", year, 0, 0, electric, True),
                (city.id, "van", year, 0, 0, total - electric, False),
            ]
            cities.append((city.id, year, 0.0, 0.0, total, electric, 0, 0.0, 0.0, 0.0))
    made = make_tables(tiny.solution())
    return replace(made, fleet=make_frame("fleet", fleet), cities=make_frame("cities", cities))
