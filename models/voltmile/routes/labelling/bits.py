"""Bit tricks numba lacks."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic


@intrinsic
def lowest_bit(_context: Any, word: Any) -> Any:
    """Return the position of the lowest bit of a word that is not 0."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(word), code


@njit(cache=True)
def price_of(word: Any, price: Any, first: int) -> float:
    """Sum of the prices of the bits that are set; bit b has price ``price[first + b]``."""
    total = 0.0
    while word != 0:
        total += price[first + lowest_bit(word)]  # type: ignore[call-arg]
        word &= word - types.uint64(1)
    return total
