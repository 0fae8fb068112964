"""Solving: HiGHS, column generation, bounds, the joint plan."""
