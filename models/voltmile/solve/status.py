"""Why a solve stopped. Whether it left a solution behind is a separate question."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The reason a solver stopped, in the word that goes into a results row.

    A limit says nothing about the incumbent: with one it is the usual end of a large run, without one a run
    that found nothing.

    Attributes
    ----------
    OPTIMAL
        Proven within the gap that was asked for, which may be wider than 0.
    NODE_LIMIT
        Nodes, or leaves or improving solutions where an option limits these.
    OBJECTIVE_LIMIT
        An ``objective_bound`` or ``objective_target`` that was set as an option.
    INTERRUPTED
        Ctrl-C, or the caller's ``stop``.
    UNKNOWN
        The solver could not decide, as a rule for numerical reasons.
    FAILED
        An error inside the solver.
    """

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    INFEASIBLE_OR_UNBOUNDED = "infeasible_or_unbounded"
    TIME_LIMIT = "time_limit"
    NODE_LIMIT = "node_limit"
    ITERATION_LIMIT = "iteration_limit"
    MEMORY_LIMIT = "memory_limit"
    OBJECTIVE_LIMIT = "objective_limit"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"
    FAILED = "failed"

    @property
    def is_conclusive(self) -> bool:
        """Whether more time would change nothing: optimal, infeasible or unbounded."""
        return self in _CONCLUSIVE

    @property
    def is_limit(self) -> bool:
        """Whether a limit or an interruption stopped the search, and more time could improve the answer."""
        return self in _LIMITS


class SolverError(RuntimeError):
    """The solver refused or failed in a way that no status of a correct run describes."""


_CONCLUSIVE = frozenset({Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED})
_LIMITS = frozenset(Status) - _CONCLUSIVE - {Status.UNKNOWN, Status.FAILED}

_OF_HIGHS = {
    "kNotset": Status.FAILED,
    "kLoadError": Status.FAILED,
    "kModelError": Status.FAILED,
    "kPresolveError": Status.FAILED,
    "kSolveError": Status.FAILED,
    "kPostsolveError": Status.FAILED,
    "kModelEmpty": Status.OPTIMAL,  # no columns: the empty plan is the only one; who asks checks the rows
    "kOptimal": Status.OPTIMAL,
    "kInfeasible": Status.INFEASIBLE,
    "kUnboundedOrInfeasible": Status.INFEASIBLE_OR_UNBOUNDED,
    "kUnbounded": Status.UNBOUNDED,
    "kObjectiveBound": Status.OBJECTIVE_LIMIT,
    "kObjectiveTarget": Status.OBJECTIVE_LIMIT,
    "kTimeLimit": Status.TIME_LIMIT,
    "kIterationLimit": Status.ITERATION_LIMIT,
    "kUnknown": Status.UNKNOWN,
    "kSolutionLimit": Status.NODE_LIMIT,
    "kInterrupt": Status.INTERRUPTED,
    "kMemoryLimit": Status.MEMORY_LIMIT,
    "kHighsInterrupt": Status.INTERRUPTED,
}


def status_of(model_status: str) -> Status:
    """Translate the name of a ``HighsModelStatus``; one of a later HiGHS is ``UNKNOWN``, never optimal.

    By name, so that records and the checker can import statuses without importing a solver.
    """
    return _OF_HIGHS.get(model_status, Status.UNKNOWN)
