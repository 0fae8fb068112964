"""Price with VRPSolverEasy: one vehicle, customers optional at the penalty of their dual value.

The library has no pricing call; this is the same least reduced cost over elementary routes, found by its
whole branch-cut-and-price. Only the solve is timed.
"""

import VRPSolverEasy
from asked import answer, repeated

LEAST = 1e-6


def solve(asked: dict) -> dict:
    """Build the model and solve it as often as asked."""

    def price(model: VRPSolverEasy.Model) -> VRPSolverEasy.Model:
        model.solve()
        return model

    seconds, model = repeated(asked, price, lambda: model_of(asked))
    if not model.solution.is_defined():
        optimal = "optimal" in model.message  # to stay at home: no route has a negative reduced cost
        said, error = (0.0, None) if optimal else (None, model.message)
        return {"seconds": seconds, "said": said, "tour": [], "error": error}
    tours = [[i for i in route.point_ids if i > 0] for route in model.solution.routes]
    said = model.solution.value - sum(max(LEAST, prize) for prize in asked["prize"][1:])
    return {"seconds": seconds, "said": said, "tour": tours[0] if tours else []}


def model_of(asked: dict) -> VRPSolverEasy.Model:
    """Return the model; a penalty of 0 would make a customer compulsory."""
    cost, n = asked["cost"], len(asked["demand"]) - 1
    model = VRPSolverEasy.Model()
    model.add_depot(id=0)
    for i in range(1, n + 1):
        penalty = max(LEAST, asked["prize"][i])
        model.add_customer(id=i, demand=int(asked["demand"][i]), penalty=penalty)
    model.add_vehicle_type(
        id=1,
        start_point_id=0,
        end_point_id=0,
        capacity=int(asked["capacity"]),
        fixed_cost=asked["fixed"],
        var_cost_dist=1,
        max_number=1,
    )
    for i in range(n + 1):
        for j in range(i + 1, n + 1):
            model.add_link(start_point_id=i, end_point_id=j, distance=cost[i][j])
    model.set_parameters(time_limit=asked["limit_s"], print_level=-2)
    return model


if __name__ == "__main__":
    answer(solve)
