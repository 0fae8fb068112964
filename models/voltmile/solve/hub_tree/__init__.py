"""One hub on one day, solved by branch and cut to a proven gap (models/README.md, *The bound*)."""

from voltmile.solve.hub_tree.records import Effort, HubDayResult, PlannedRoute, TracePoint
from voltmile.solve.hub_tree.solve import solve_hub_day

__all__ = ["Effort", "HubDayResult", "PlannedRoute", "TracePoint", "solve_hub_day"]
