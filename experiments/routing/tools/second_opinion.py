"""Ask VRPSolverEasy for the optimum of a heterogeneous fleet problem, where the literature is contradicted.

    python second_opinion.py FILE UPPER_BOUND SECONDS

FILE is in the format of Queiroga et al. (``queiroga_format``): customers, then for each type capacity, fixed
cost, cost of distance, least and most vehicles. To be run where VRPSolverEasy is (0.1.3 has its library).
"""

import math
import sys
from pathlib import Path

import VRPSolverEasy


def model_of(lines: list[list[float]]) -> VRPSolverEasy.Model:
    """Return the model of a file's lines."""
    n = int(lines[0][0])
    points = lines[1 : n + 2]
    model = VRPSolverEasy.Model()
    model.add_depot(id=0)
    for number, _, _, demand in points[1:]:
        model.add_customer(id=int(number), demand=int(demand))
    for k, (capacity, fixed, per_distance, _, most) in enumerate(lines[n + 3 :], 1):
        model.add_vehicle_type(
            id=k,
            start_point_id=0,
            end_point_id=0,
            capacity=int(capacity),
            fixed_cost=fixed,
            var_cost_dist=per_distance,
            max_number=int(most),
        )
    for i in range(n + 1):
        for j in range(i + 1, n + 1):
            distance = math.dist(points[i][1:3], points[j][1:3])
            model.add_link(start_point_id=i, end_point_id=j, distance=distance)
    return model


def main(file: str, upper_bound: str, seconds: str) -> None:
    """Solve, and print what is proven."""
    lines = [[float(x) for x in line.split()] for line in Path(file).read_text().splitlines()]
    model = model_of([line for line in lines if line])
    model.set_parameters(time_limit=float(seconds), upper_bound=float(upper_bound), print_level=-2)
    model.solve()
    print(model.message)
    print("bound", model.statistics.best_lb)
    if model.solution.is_defined():
        print("plan", model.solution.value)
        for route in model.solution.routes:
            print(route.vehicle_type_id, route.point_ids)


if __name__ == "__main__":
    main(*sys.argv[1:])
