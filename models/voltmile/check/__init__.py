"""The independent checker: recomputes a result from the instance alone and says what does not hold.

Nothing here imports the program, the route generator or the solver. Where models/README.md defines a
quantity, this package computes it a second time, from the raw fields of the instance.

Rules a violation can name:

* files: format, integrality, reference, duplicate, bounds, provenance
* routes: membership, elementary, empty_route, load_kg, load_m3, shift, time_window, energy
* equations: cover (1), vehicle_days (2), stock and retirement (3), urban_service and urban_hub (4),
  energy_balance (5), charger_power (6), grid and upgrade_limit (7), electric_share (8), electric_only (9),
  budget (10), supply (11), carbon (12), green_cities (13), journey (14), labels (15), fund (16),
  label_printing (17), packaging_rise and packaging_kept (18), box_pool (19), box_trips (20),
  cutlery_response (21), hard_limit
* reported numbers: route_attributes, fleet_table, charger_table, cost_term, city_table, limits_table,
  measures_table, summary, objective, co2, journey_summary, gap, status
* the bound: certificate, dual_sign, hub_day, bound
"""

from voltmile.callable_module import calls
from voltmile.check.checker import check
from voltmile.check.report import ClaimCount, PricingLevel, Report, Violation

__all__ = ["ClaimCount", "PricingLevel", "Report", "Violation", "check"]

calls(__name__, "voltmile.check.checker")
