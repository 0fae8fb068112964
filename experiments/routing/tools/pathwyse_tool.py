"""Price with PathWyse through the package routepricer.

``relaxation`` is "elementary" (decremental state space relaxation, PathWyse's default) or "ng" (its ng-routes
with neighbourhoods of the size asked for, which it forms by reduced costs).
"""

import os
import tempfile
from pathlib import Path

from asked import answer, repeated

DIGITS = 4
SETTINGS = {
    "elementary": "algo/default/ng = off\nalgo/default/dssr = standard\n",
    "ng": "algo/default/ng = standard\nalgo/default/ng/set_size = {neighbours}\nalgo/default/dssr = off\n",
}


def solve(asked: dict) -> dict:
    """Price in a folder with the settings, where PathWyse looks for them."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        settings = SETTINGS[asked["relaxation"]].format(**asked)
        text = f"verbosity = 0\nproblem/decimal_digits = {DIGITS}\n{settings}"
        Path("pathwyse.set").write_text(text, encoding="utf-8")
        found = price(asked)
        os.chdir("/")
    return found


def price(asked: dict) -> dict:
    """Build the graph once, then price as often as asked; only the pricing is timed."""
    from routepricer import PWSolver

    cost, demand, n = asked["cost"], asked["demand"], len(asked["demand"]) - 1
    end = n + 1
    solver = PWSolver()
    solver.createProblem()
    solver.setNumNodes(n + 2)
    solver.setDirected(True)
    solver.setCyclic(True)
    solver.setOrigin(0)
    solver.setDestination(end)
    solver.initProblem()
    load = solver.addResource("CAP")
    solver.setResBounds(load, 0, int(asked["capacity"]))
    for i in range(n + 1):
        for j in range(1, n + 2):
            if i != j and (i, j) != (0, end):
                solver.addArc(i, j)
                solver.setArcCost(i, j, cost[i][j % end])
    for i in range(1, n + 1):
        solver.setResNodeConsumption(load, i, int(demand[i]))
    prizes = [0.0, *(-prize for prize in asked["prize"][1:]), 0.0]
    solver.setNodeCosts(prizes)
    solver.setInitCost(asked["fixed"])
    solver.buildProblem()
    solver.setupAlgorithms()

    def reset() -> PWSolver:
        solver.clearSolutions()
        solver.setNodeCosts(prizes)
        for algorithm in solver.getEnabledAlgorithms():
            solver.resetAlgorithm(algorithm, 0)
        return solver

    seconds, _ = repeated(asked, PWSolver.solve, reset)
    found = range(solver.getNumberOfSolutions())
    best = min(found, key=solver.getSolutionObjective)
    return {
        "seconds": seconds,
        "said": solver.getSolutionObjective(best),
        "tour": [node for node in solver.getSolutionTour(best) if 0 < node < end],
        "status": solver.getSolutionStatus(best),
    }


if __name__ == "__main__":
    answer(solve)
