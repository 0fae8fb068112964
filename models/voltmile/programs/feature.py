"""What a feature of the joint program consists of. One feature, one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pyomo.environ as pyo
from pyomo.core.expr import NumericExpression, RelationalExpression

Model: TypeAlias = pyo.ConcreteModel
Expr: TypeAlias = NumericExpression
Relation: TypeAlias = RelationalExpression


@dataclass(frozen=True)
class Rows:
    """A family of constraints, a component of the name of its rule.

    Attributes
    ----------
    rule : callable
        States one row: ``rule(m, *key)``.
    keys : callable
        The rows there are: ``keys(m)``, in the order of the index letters of models/README.md.
    """

    rule: Callable[..., Relation]
    keys: Callable[[Model], Iterable[Any]]

    @property
    def name(self) -> str:
        """Name of the component."""
        return self.rule.__name__


@dataclass(frozen=True)
class Feature:
    """What a feature adds to the program; ``build`` puts it there.

    Terms that several features state under one name are summed: fuel is burned by routes and by urban tours.

    Attributes
    ----------
    variables : callable or None
        Declares variables and their named expressions.
    costs : mapping of str to callable
        Term -> cash of a city in a year, ``cash(m, c, y)`` (CNY, undiscounted).
    terminal_costs : mapping of str to callable
        Term -> cash of a city at the end of the horizon, ``cash(m, c)``; not counted without terminal resale.
    national_costs : mapping of str to callable
        Term -> cash of the nation in a year, ``cash(m, y)``.
    emissions : mapping of str to callable
        Source -> CO2 of a city in a year, ``co2(m, c, y)`` (kg).
    national_emissions : mapping of str to callable
        Source -> CO2 of the nation in a year, ``co2(m, y)`` (kg).
    uses : mapping of str to callable
        Kind of limit -> what a limit of this kind restricts, ``use(m, record)``.
    constraints : tuple of Rows
        Families of constraints.
    """

    variables: Callable[[Model], None] | None = None
    costs: Mapping[str, Callable[[Model, str, int], Expr]] = field(default_factory=dict)
    terminal_costs: Mapping[str, Callable[[Model, str], Expr]] = field(default_factory=dict)
    national_costs: Mapping[str, Callable[[Model, int], Expr]] = field(default_factory=dict)
    emissions: Mapping[str, Callable[[Model, str, int], Expr]] = field(default_factory=dict)
    national_emissions: Mapping[str, Callable[[Model, int], Expr]] = field(default_factory=dict)
    uses: Mapping[str, Callable[[Model, Any], Expr]] = field(default_factory=dict)
    constraints: tuple[Rows, ...] = ()
