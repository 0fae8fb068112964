"""A linear or mixed-integer program as arrays: what is handed to a solver, hashed, and checked."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class MatrixModel:
    """Minimise c @ x + offset subject to row_lower <= A @ x <= row_upper and col_lower <= x <= col_upper.

    n columns, m rows; no bound is -inf or inf. The arrays are brought to one form on construction (float64,
    sorted CSC, no stored zeros), so that equal models have equal fingerprints. Do not write into them.

    Attributes
    ----------
    c : array
        Costs, shape (n,).
    A : csc_array
        Coefficients, shape (m, n); any SciPy sparse or dense matrix is accepted.
    row_lower, row_upper, col_lower, col_upper : array
        Shapes (m,), (m,), (n,), (n,).
    integrality : array
        1 for an integer column, 0 for a continuous one, shape (n,).
    seconds : float
        Wall seconds it took to compile, 0 for a model that came as arrays.

    Raises
    ------
    ValueError
        For shapes that do not fit, and for numbers that mean nothing: HiGHS takes a NaN cost without
        complaint and answers "infeasible".
    """

    c: FloatArray
    A: sp.csc_array[np.float64]
    row_lower: FloatArray
    row_upper: FloatArray
    col_lower: FloatArray
    col_upper: FloatArray
    integrality: IntArray
    offset: float = 0.0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """Bring the arrays to one form and check them."""
        for name in ("c", "row_lower", "row_upper", "col_lower", "col_upper"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.float64))
        object.__setattr__(self, "integrality", np.ascontiguousarray(self.integrality, dtype=np.int32))
        object.__setattr__(self, "A", _canonical(self.A))
        self._check_shapes()
        self._check_numbers()

    @property
    def n_cols(self) -> int:
        """Number of columns, n."""
        return len(self.c)

    @property
    def n_rows(self) -> int:
        """Number of rows, m."""
        return len(self.row_lower)

    @cached_property
    def col_names(self) -> tuple[str, ...]:
        """Names of the columns; made when first asked for, which takes longer than compiling them."""
        return tuple(f"x{j}" for j in range(self.n_cols))

    @cached_property
    def row_names(self) -> tuple[str, ...]:
        """Names of the rows; see ``col_names``."""
        return tuple(f"r{i}" for i in range(self.n_rows))

    def fingerprint(self) -> str:
        """Return the SHA-256 of the numbers, in hex: two runs with the same one solved the same matrix.

        Over c, A, all bounds, the integrality and the offset, in this order of columns and rows. Names and
        the time it took to compile do not count.
        """
        digest = hashlib.sha256(f"voltmile matrix 1 {self.n_rows} {self.n_cols} {self.A.nnz}".encode())
        for numbers in (self.c, self.A.data, self.row_lower, self.row_upper, self.col_lower, self.col_upper):
            digest.update(_bytes(numbers))
        for whole in (self.A.indptr, self.A.indices, self.integrality):
            digest.update(np.asarray(whole, dtype="<i8").tobytes())
        digest.update(_bytes(np.array([self.offset])))
        return digest.hexdigest()

    def objective(self, x: FloatArray) -> float:
        """Return c @ x + offset."""
        return float(self.c @ x) + self.offset

    def rounded(self, x: FloatArray) -> FloatArray:
        """Return x with its integer columns rounded to whole numbers."""
        return np.where(self.integrality == 1, np.round(x), x) + 0.0  # + 0.0: no -0.0 in results

    def integrality_violation(self, x: FloatArray) -> float:
        """Return the largest distance of an integer column of x from a whole number."""
        return float(np.abs(x - self.rounded(x)).max(initial=0.0))

    def violation(self, x: FloatArray) -> float:
        """Return the largest absolute violation of a row or a column bound by x, 0 if it satisfies all."""
        rows = self.A @ x
        over = (self.row_lower - rows, rows - self.row_upper, self.col_lower - x, x - self.col_upper)
        return max(float(excess.max(initial=0.0)) for excess in over)

    def _check_shapes(self) -> None:
        m, n = self.A.shape
        for name, length in (
            ("c", n),
            ("col_lower", n),
            ("col_upper", n),
            ("integrality", n),
            ("row_lower", m),
            ("row_upper", m),
        ):
            if getattr(self, name).shape != (length,):
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, but A has shape {(m, n)}")

    def _check_numbers(self) -> None:
        for name, numbers in (("c", self.c), ("A", self.A.data)):
            if not np.isfinite(numbers).all():
                raise ValueError(f"{name} holds a number that is not finite")
        if not math.isfinite(self.offset):
            raise ValueError(f"the offset is {self.offset}")
        for name in ("row_lower", "col_lower"):
            if not (getattr(self, name) < np.inf).all():
                raise ValueError(f"{name} holds inf or NaN; no lower bound is -inf")
        for name in ("row_upper", "col_upper"):
            if not (getattr(self, name) > -np.inf).all():
                raise ValueError(f"{name} holds -inf or NaN; no upper bound is inf")
        if not np.isin(self.integrality, (0, 1)).all():
            raise ValueError("integrality is 0 or 1")


def _canonical(matrix: Any) -> sp.csc_array[np.float64]:
    """Return float64 CSC with sorted indices, without duplicates and stored zeros; never in place."""
    given = sp.csc_array(matrix, dtype=np.float64)
    if not given.has_canonical_format or not given.data.all():
        given = given.copy()
        given.sum_duplicates()
        given.eliminate_zeros()
    return given


def _bytes(numbers: FloatArray) -> bytes:
    return np.asarray(numbers + 0.0, dtype="<f8").tobytes()  # + 0.0 makes -0.0 and 0.0 the same
