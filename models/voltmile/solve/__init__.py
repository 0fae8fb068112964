"""Solving: HiGHS, column generation, bounds, the joint plan."""

from voltmile.callable_module import calls

calls(__name__, "voltmile.solve.plan")
