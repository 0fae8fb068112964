"""Route pricing for vehicles with batteries that may recharge on the way."""

from voltmile.routes.recharging.evaluate import best_route, route_cost, schedule
from voltmile.routes.recharging.pricer import RechargingPricer

__all__ = ["RechargingPricer", "best_route", "route_cost", "schedule"]
