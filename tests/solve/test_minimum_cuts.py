"""Minimum cuts between one node and many, against SciPy's, and sets that are told apart."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from voltmile.solve.hub_tree.separate import unlike
from voltmile.solve.minimum_cuts import sides_of_minimum_cuts


def random_graph(rng: np.random.Generator, n: int) -> csr_array:
    """Return a symmetric graph of whole capacities, not always connected."""
    dense = rng.integers(0, 9, (n, n)) * (rng.random((n, n)) < rng.uniform(0.05, 0.5))
    dense = np.triu(dense, 1)
    return csr_array(dense + dense.T)


def test_sides_of_minimum_cuts_are_those_of_scipy() -> None:
    rng, cuts = np.random.default_rng(3), 0
    for _ in range(60):
        n = int(rng.integers(2, 14))
        graph = random_graph(rng, n)
        ends = np.arange(1, n)
        enough = rng.integers(0, 30, n - 1).astype(np.float64)
        found = sides_of_minimum_cuts(graph.indptr, graph.indices, graph.data, ends, enough)
        for side, end, least in zip(found, ends, enough, strict=True):
            flow = maximum_flow(csr_array(graph.astype(np.int32)), 0, int(end))
            if flow.flow_value >= least:
                assert not side.any()
                continue
            left = csr_array(graph - flow.flow)
            left.eliminate_zeros()
            reached = breadth_first_order(left, 0, return_predecessors=False)
            assert side.tolist() == [i not in reached for i in range(n)]
            assert graph.toarray()[~side][:, side].sum() == flow.flow_value
            cuts += 1
    assert cuts > 100


def test_no_two_sets_taken_share_too_much() -> None:
    rng = np.random.default_rng(5)
    sets = rng.random((40, 12)) < 0.4
    sets[:, 0] = True
    taken = unlike(sets, 0.6)

    def share(a: int, b: int) -> float:
        return float((sets[a] & sets[b]).sum() / (sets[a] | sets[b]).sum())

    assert taken[0] == 0
    assert all(share(a, b) <= 0.6 for a in taken for b in taken if a < b)
    for left_out in set(range(40)) - set(taken):
        assert any(share(a, left_out) > 0.6 for a in taken if a < left_out)
    assert 1 < len(taken) < 40
    assert unlike(sets[:0], 0.6) == []
