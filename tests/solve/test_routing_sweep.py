"""Whole solves by the thousand: the bound is never above the best of all plans, the plan never below it.

No search for plans runs before or beside the tree, which has to find its own.
"""

from __future__ import annotations

import pytest
from routing_truth import KINDS, optimum
from test_routing import confirm, drawn

from voltmile.problem.routing import Route
from voltmile.solve.routing import engine, plans
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.starts import single_visits

PROBLEMS, BLOCK = 160, 40


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    def alone(search: Search, seed: int) -> list[Route]:
        return single_visits(search.problem)

    monkeypatch.setattr(engine, "first_routes", alone)
    monkeypatch.setattr(plans, "second_search", lambda *given, **named: [])


@pytest.mark.long
@pytest.mark.usefixtures("no_search")
@pytest.mark.parametrize("neighbours", [1, 10])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("block", range(0, PROBLEMS, BLOCK))
def test_bound_optimum_and_plan_agree_everywhere(
    monkeypatch: pytest.MonkeyPatch, block: int, kind: str, neighbours: int
) -> None:
    """With neighbourhoods of one customer all second visits have to be cut or branched away."""
    monkeypatch.setattr(engine, "_NEIGHBOURS", neighbours)
    for seed in range(block, block + BLOCK):
        problem = drawn(seed, kind, key=8, sizes=(2, 4), most_types=3)
        confirm(problem, engine.solve_routing(problem), optimum(problem))
