"""Price with vrpy's own subproblems: "elementary" by cspy's labelling, "elementary mip" by a MIP in CBC."""

from asked import answer, repeated
from networkx import DiGraph


def solve(asked: dict) -> dict:
    """Build vrpy's subproblem and solve it, both timed as vrpy does both at every iteration."""
    duals = {i: asked["prize"][i] for i in range(1, len(asked["demand"]))}

    def prepare() -> tuple:
        routes_with_node = {i: [] for i in duals}
        return graph_of(asked), duals, routes_with_node, [], 0, None, None, [asked["capacity"]]

    def price(given: tuple) -> list[DiGraph]:
        return subproblem(asked["relaxation"], given).solve(None)[0]

    seconds, routes = repeated(asked, price, prepare)
    tour = tour_of(routes[0]) if routes else []
    return {"seconds": seconds, "said": None if routes else 0.0, "tour": tour}


def subproblem(kind: str, given: tuple):
    """Return vrpy's subproblem, exact."""
    if kind == "elementary":
        from vrpy.subproblem_cspy import _SubProblemCSPY

        return _SubProblemCSPY(*given, exact=True)
    from vrpy.subproblem_lp import _SubProblemLP

    return _SubProblemLP(*given, None, False, False, False, "Exact", solver="cbc")


def graph_of(asked: dict) -> DiGraph:
    """Return vrpy's graph: a source and a sink at the depot, fixed costs on the arcs out of it."""
    cost, demand, n = asked["cost"], asked["demand"], len(asked["demand"]) - 1
    graph = DiGraph()
    graph.add_node("Source", demand=0)
    graph.add_node("Sink", demand=0)
    for i in range(1, n + 1):
        graph.add_node(i, demand=demand[i])
        graph.add_edge("Source", i, cost=[cost[0][i] + asked["fixed"]], time=0)
        graph.add_edge(i, "Sink", cost=[cost[i][0]], time=0)
        for j in range(1, n + 1):
            if i != j:
                graph.add_edge(i, j, cost=[cost[i][j]], time=0)
    return graph


def tour_of(route: DiGraph) -> list[int]:
    """Follow a route from the source to the sink."""
    tour, node = [], "Source"
    while (node := next(iter(route.successors(node)))) != "Sink":
        tour.append(node)
    return tour


if __name__ == "__main__":
    answer(solve)
