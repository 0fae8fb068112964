"""Routes enter the frame as they enter the program Pyomo states; any dual values give a bound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import voltmile as vm
from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.routes.columns import Column
from voltmile.routes.day import HubDay
from voltmile.routes.tours import tour_of
from voltmile.solve import hub_work
from voltmile.solve.bridge import compile_model
from voltmile.solve.frame import Frame, frame_of
from voltmile.solve.highs import solve_lp
from voltmile.solve.infeasible import InfeasibleError
from voltmile.solve.joint import JointProgram
from voltmile.solve.linking import column_of, linking
from voltmile.solve.singles import single_columns
from voltmile.solve.use import use_of


@pytest.fixture(scope="module", params=["toy", "quickstart"])
def nation(request: pytest.FixtureRequest, instances: Path) -> Nation:
    return vm.read(instances / request.param)


@pytest.fixture(scope="module")
def priced(nation: Nation) -> JointProgram:
    """The program with every limit priced, so that one village a route is a plan."""
    limits = [limit.model_copy(update={"price_cny_per_unit": 3.0}) for limit in nation.limits]
    other = part(nation, {city.id for city in nation.cities}, limits)
    made = [
        day.column(ride, tour_of(day.network, (node,)))
        for day in _days(other)
        for ride in day.rides
        for node in range(1, day.network.size + 1)
    ]
    return JointProgram(other, [column for column in made if column is not None])


def _days(nation: Nation) -> list[HubDay]:
    hubs = [hub.id for hub in nation.hubs if nation.villages_of[hub.id]]
    return [day for hub in hubs for day in hub_work.days_of(nation, hub).values()]


@pytest.fixture(scope="module")
def program(nation: Nation) -> JointProgram:
    return JointProgram(nation, single_columns(nation, _days(nation)))


@pytest.fixture(scope="module")
def frame(program: JointProgram) -> Frame:
    return frame_of(program.compiled)


def test_a_route_has_the_cost_and_rows_of_its_pyomo_column(
    nation: Nation, program: JointProgram, frame: Frame
) -> None:
    compiled = program.compiled
    names = [(c.parent_component().local_name, c.index()) for c in compiled.constraints]
    for number in range(0, len(program.columns), max(1, len(program.columns) // 50)):
        column = program.columns[number]
        cost, rows = column_of(*_links_and_use(nation, column))
        j = compiled.column_of[program.model.Use[number]]
        a, b = compiled.A.indptr[j], compiled.A.indptr[j + 1]
        stated = {
            (names[r][0], names[r][1] if isinstance(names[r][1], tuple) else (names[r][1],)): v
            for r, v in zip(compiled.A.indices[a:b], compiled.A.data[a:b], strict=True)
            if names[r][0] != "cover"
        }
        assert compiled.c[j] == pytest.approx(cost, rel=1e-12)
        assert rows == pytest.approx(stated, rel=1e-12)


def _links_and_use(nation: Nation, column: Column):
    day = hub_work.days_of(nation, column.hub)[column.year, column.day_type]
    return linking(nation, day), use_of(day, [column])


def test_any_clipped_duals_bound_the_program_from_below(priced: JointProgram) -> None:
    """With the routes' own reduced costs for the hubs' part, against the optimum of the relaxation."""
    program, compiled, frame = priced, priced.compiled, frame_of(priced.compiled)
    best = solve_lp(compiled)
    assert best.objective is not None
    assert best.row_duals is not None
    names = [(c.parent_component().local_name, c.index()) for c in compiled.constraints]
    keyed = {(n, i if isinstance(i, tuple) else (i,)): r for r, (n, i) in enumerate(names)}
    rng = np.random.default_rng(0)
    for scale in (0.0, 0.01, 0.3):
        noise = 1 + scale * rng.standard_normal(len(best.row_duals))
        duals = best.row_duals * noise
        dual = frame.clipped(np.array([duals[keyed[key]] for key in frame.keys]))
        hubs = _hub_part(program, frame, dual, duals, keyed)
        value = frame.value(dual, hubs)
        assert value <= best.objective + 1e-6 * abs(best.objective)
        if scale == 0.0:
            assert value == pytest.approx(best.objective, rel=1e-6)


def _hub_part(program, frame, dual, duals, keyed) -> float:
    """Bound of the routes' part: cover duals plus the negative reduced costs of Use in [0, 1]."""
    compiled = program.compiled
    full = np.zeros(compiled.n_rows)
    for key, value in zip(frame.keys, dual, strict=True):
        full[keyed[key]] = value
    total = 0.0
    for (name, _), r in keyed.items():
        if name == "cover":
            full[r] = duals[r]
            total += duals[r]
    use = [compiled.column_of[v] for v in program.model.Use.values()]
    reduced = compiled.c - compiled.A.T @ full
    return total + float(np.minimum(reduced[use], 0.0).sum())


def test_a_village_nobody_can_serve_is_named(nation: Nation) -> None:
    village = nation.villages[0]
    heavy = village.model_copy(update={"demand_kg_per_day": 1e6})
    fields = {name: getattr(nation, name) for name in type(nation).model_fields}
    other = Nation(**{**fields, "villages": (heavy, *nation.villages[1:])})
    with pytest.raises(InfeasibleError, match=village.id):
        single_columns(other, list(hub_work.days_of(other, village.hub).values()))


def test_compiling_without_routes_keeps_every_shared_row(frame: Frame, program: JointProgram) -> None:
    shared = [c for c in program.compiled.constraints if c.parent_component().local_name != "cover"]
    assert len(frame.keys) == len(shared)
    assert frame.A.shape == (len(frame.keys), len(frame.c))
    assert compile_model(program.model).n_rows == program.compiled.n_rows
