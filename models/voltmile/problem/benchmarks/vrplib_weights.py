"""EDGE_WEIGHT_SECTION: matrices written out in a VRPLIB file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.benchmarks.distances import check_memory
from voltmile.problem.benchmarks.errors import shown
from voltmile.problem.benchmarks.vrplib_text import VrplibText
from voltmile.problem.faults import nearest
from voltmile.problem.routing import Matrix

_SHAPES = {
    "FULL_MATRIX",
    *(
        f"{half}{diagonal}_{by}"
        for half in ("LOWER", "UPPER")
        for diagonal in ("", "_DIAG")
        for by in ("ROW", "COL")
    ),
}


def explicit(text: VrplibText) -> Matrix:
    """Read the matrix of a file with EDGE_WEIGHT_TYPE EXPLICIT, nodes in the order of the file.

    Entries are a stream, however they are broken into lines. Eilon's E-n13-k4 says LOWER_ROW and obeys the
    triangle inequality only when read as LOWER_COL; its published optimum, 247, is that of LOWER_ROW.

    Returns
    -------
    array, shape (nodes, nodes)

    Raises
    ------
    BenchmarkError
        If the layout is unknown or the number of entries is not the one it needs.
    """
    nodes = text.dimension()
    shape = text.key("EDGE_WEIGHT_FORMAT").upper()
    if shape not in _SHAPES:
        message = f"is {shown(shape)}; {nearest(shape, _SHAPES)}"
        raise text.source.error("EDGE_WEIGHT_FORMAT", message)
    check_memory(text.source, nodes)
    entries = _entries(text)
    rows, columns = _places(shape, nodes)
    if len(entries) != len(rows):
        message = f"has {len(entries)} entries; valid: {len(rows)}, {shape} for {nodes} nodes"
        raise text.source.error("EDGE_WEIGHT_SECTION", message)
    matrix = np.zeros((nodes, nodes))
    matrix[rows, columns] = entries
    if shape != "FULL_MATRIX":
        matrix[columns, rows] = entries
    np.fill_diagonal(matrix, 0.0)  # some sets put a large number there
    return matrix


def _entries(text: VrplibText) -> NDArray[np.float64]:
    number = text.source.number
    rows = text.section("EDGE_WEIGHT_SECTION")
    return np.array([number(word, row.line, "a distance", least=0) for row in rows for word in row.words])


def _places(shape: str, nodes: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return row and column of each entry in the order of a layout."""
    if shape == "FULL_MATRIX":
        rows, columns = np.indices((nodes, nodes)).reshape(2, -1)
        return rows, columns
    skip = 0 if "_DIAG" in shape else 1
    # By rows, the lower triangle reads like the upper one by columns: the same pairs with the ends swapped.
    if shape in ("LOWER_ROW", "LOWER_DIAG_ROW", "UPPER_COL", "UPPER_DIAG_COL"):
        return np.tril_indices(nodes, -skip)
    return np.triu_indices(nodes, skip)
