"""Golden rows: what the program says on the toy with every feature on (everything.py), written out by hand.

Column 8 * year + 4 * day + route of ``everything.columns_of``, with peak before regular, drives
route 0: bright, van, b1-b2-b3 (80 km); 1: bright, e-van, b1-b2 (70 km); 2: dark, van, d1-d2 (100 km);
3: dark, e-van, d1 (80 km). A test fails when the program has a constraint, variable, cost term or source
of CO2 of which nothing is written here.
"""

from __future__ import annotations

import re

import pyomo.environ as pyo
import pytest
from everything import columns_of, everything
from pyomo.repn import generate_standard_repn
from toy_world import Data

from voltmile.programs.nation import FEATURES, build

ROWS = """
# Eq. 1: b3 is on the van's route only, b1 on both
cover[b1,2018,peak]: Use[0] + Use[1] = 1
cover[b3,2019,regular]: Use[12] = 1
# Eq. 2: availability 0.9 of the van, 1 of the e-van; no urban tours in Dark Ridge
vehicle_days[bright,van,2018,regular]: Use[4] + Urban[bright-hub,van,2018,regular]
    - 0.9 Stock[bright,van,2017,2018] - 0.9 Stock[bright,van,2018,2018] <= 0
vehicle_days[dark,e-van,2019,peak]: Use[11] - Stock[dark,e-van,2018,2019] - Stock[dark,e-van,2019,2019] <= 0
# Eq. 3: bought this year; existing; kept; existing and now too old; too old after having been kept
stock[bright,van,2019,2019]: Stock[bright,van,2019,2019] - Buy[bright,van,2019] = 0
stock[bright,van,2017,2018]: Stock[bright,van,2017,2018] + Sell[bright,van,2017,2018] = 1
stock[bright,van,2017,2019]: Stock[bright,van,2017,2019] - Stock[bright,van,2017,2018]
    + Sell[bright,van,2017,2019] = 0
stock[dark,van,2015,2018]: Sell[dark,van,2015,2018] = 2
stock[dark,van,2016,2019]: - Stock[dark,van,2016,2018] + Sell[dark,van,2016,2019] = 0
# Eq. 4: productivity 0.5 of 500 and 400 parcels; 600 parcels * 1.2 in 2019 * 1.5 at the peak
urban_service[bright,2019,peak]: 250 Urban[bright-hub,e-van,2019,peak] + 200 Urban[bright-hub,van,2019,peak]
    >= 1080
# Eq. 5: b1-b2 takes (0.2 * 70 + 0.0001 * (500 * 20 + 300 * 20)) * 0.5 = 7.8 kWh;
# an urban day (0.2 + 0.0001 * 500) * 50 km * 0.8 = 10 kWh, at 0 degrees 1.25 times as much
energy_balance[bright-hub,2018,regular]: 0.8 Charge[bright-hub,ac4,night,2018,regular]
    + 0.8 Charge[bright-hub,ac4,noon,2018,regular] + 0.95 Public[bright-hub,2018,regular]
    - 10 Urban[bright-hub,e-van,2018,regular] - 7.8 Use[5] = 0
energy_balance[bright-hub,2018,peak]: 0.8 Charge[bright-hub,ac4,night,2018,peak]
    + 0.8 Charge[bright-hub,ac4,noon,2018,peak] + 0.95 Public[bright-hub,2018,peak]
    - 12.5 Urban[bright-hub,e-van,2018,peak] - 9.85 Use[1] = 0
# Eq. 6: 4 kW * 6 h at night, 2 h at noon; the existing charger of Bright River is 4 years old in 2019
charger_power[bright-hub,ac4,night,2018,peak]: Charge[bright-hub,ac4,night,2018,peak]
    - 24 Build[bright-hub,ac4,2018] <= 24
charger_power[bright-hub,ac4,noon,2019,regular]: Charge[bright-hub,ac4,noon,2019,regular]
    - 8 Build[bright-hub,ac4,2018] - 8 Build[bright-hub,ac4,2019] <= 0
# Eq. 7: 2 kW there are, 4 kW of them taken by the existing charger in 2018
grid[bright-hub,2018]: 4 Build[bright-hub,ac4,2018] - Upgrade[bright-hub,2018] <= -2
grid[bright-hub,2019]: 4 Build[bright-hub,ac4,2018] + 4 Build[bright-hub,ac4,2019]
    - Upgrade[bright-hub,2018] - Upgrade[bright-hub,2019] <= 2
upgrade_limit[bright-hub]: Upgrade[bright-hub,2018] + Upgrade[bright-hub,2019] <= 6
# Eq. 8: a quarter
electric_share[bright]: 0.75 Stock[bright,e-van,2018,2019] + 0.75 Stock[bright,e-van,2019,2019]
    - 0.25 Stock[bright,van,2017,2019] - 0.25 Stock[bright,van,2018,2019] - 0.25 Stock[bright,van,2019,2019]
    >= 0
# Eq. 10: hard; and priced, with resale, constants (two chargers' upkeep, 2 * 100) and the fuel of both:
# 65 and 300 days * 7 CNY * 8.616, 10.792, 8.56 and 10.72 l; an urban day (0.1 + 0.00002 * 500) * 60 = 6.6 l
budget[budget-2018]: 60000 Buy[bright,e-van,2018] + 50000 Buy[bright,van,2018] + 60000 Buy[dark,e-van,2018]
    + 50000 Buy[dark,van,2018] + 4000 Build[bright-hub,ac4,2018] + 4000 Build[dark-hub,ac4,2018]
    + 500 Upgrade[bright-hub,2018] + 500 Upgrade[dark-hub,2018] <= 70000
budget[cash-2018]: - 30000 Sell[bright,van,2017,2018] - 10000 Sell[dark,van,2015,2018]
    - 20000 Sell[dark,van,2016,2018] + 100 Build[bright-hub,ac4,2018] + 100 Build[dark-hub,ac4,2018]
    + 3920.28 Use[0] + 4910.36 Use[2] + 17976 Use[4] + 22512 Use[6] + 3003 Urban[bright-hub,van,2018,peak]
    + 13860 Urban[bright-hub,van,2018,regular] - Slack[cash-2018] <= 800
# Eq. 11
supply[e-vans-2018]: Buy[bright,e-van,2018] + Buy[dark,e-van,2018] <= 1
supply[all-vans-2019]: Buy[bright,e-van,2019] + Buy[bright,van,2019] + Buy[dark,e-van,2019]
    + Buy[dark,van,2019] - Slack[all-vans-2019] <= 2
# Eq. 12: 65 and 300 days * 2.5 kg * 8.616, 10.792, 8.56, 10.72 and (urban) 6.6 l;
# 65 and 300 days * 0.1 kg (Bright River) or 1 kg (Dark Ridge) a kWh, drawn at the hub or in public
carbon[carbon-2018]: 1400.1 Use[0] + 1753.7 Use[2] + 6420 Use[4] + 8040 Use[6]
    + 1072.5 Urban[bright-hub,van,2018,peak] + 4950 Urban[bright-hub,van,2018,regular]
    + 6.5 Charge[bright-hub,ac4,night,2018,peak] + 30 Charge[bright-hub,ac4,night,2018,regular]
    + 6.5 Charge[bright-hub,ac4,noon,2018,peak] + 30 Charge[bright-hub,ac4,noon,2018,regular]
    + 65 Charge[dark-hub,ac4,night,2018,peak] + 300 Charge[dark-hub,ac4,night,2018,regular]
    + 65 Charge[dark-hub,ac4,noon,2018,peak] + 300 Charge[dark-hub,ac4,noon,2018,regular]
    + 6.5 Public[bright-hub,2018,peak] + 30 Public[bright-hub,2018,regular] + 65 Public[dark-hub,2018,peak]
    + 300 Public[dark-hub,2018,regular] - 10000 Labels[2018] - 40000 Packed[market,0,2018]
    - 40000 Packed[market,1,2018] + 2000 Boxes[bright,2018] + 2000 Boxes[dark,2018] - 281 Trips[bright,2018]
    - 281 Trips[dark,2018] - 40000 Declined[2018] - Slack[carbon-2018] <= 0
# Eq. 13: M = 0.8 * (8 e-vans + 11 vans), see the bounds below
green_share[two-green-cities,bright]: 0.2 Stock[bright,e-van,2018,2019] + 0.2 Stock[bright,e-van,2019,2019]
    - 0.8 Stock[bright,van,2017,2019] - 0.8 Stock[bright,van,2018,2019] - 0.8 Stock[bright,van,2019,2019]
    - 15.2 Green[two-green-cities,bright] >= -15.2
green_count[one-green-city]: Green[one-green-city,bright] + Green[one-green-city,dark] >= 1
green_count[two-green-cities]: Green[two-green-cities,bright] + Green[two-green-cities,dark]
    + Slack[two-green-cities] >= 2
# Eq. 14: 65 and 300 days * 80, 70, 100 and 80 km; 30 and 40 km * 365 days * 5 villages
journey[short-2018]: 5200 Use[0] + 4550 Use[1] + 6500 Use[2] + 5200 Use[3] + 24000 Use[4] + 21000 Use[5]
    + 30000 Use[6] + 24000 Use[7] - Slack[short-2018] <= 54750
journey[journey-2019]: 5200 Use[8] + 4550 Use[9] + 6500 Use[10] + 5200 Use[11] + 24000 Use[12]
    + 21000 Use[13] + 30000 Use[14] + 24000 Use[15] <= 73000
# Eq. 15: half of 10 and 20 million parcels have an e-label anyway
labels[labels-2018]: Labels[2018] >= 0.5
labels[labels-2019]: Labels[2018] + Labels[2019] + Slack[labels-2019] >= 5
# Eq. 16
fund[foundation]: 800000 Printers[2018] + 700000 Printers[2019] + 50000 Packed[market,0,2018]
    + 50000 Packed[market,0,2019] + 170000 Packed[market,1,2018] + 170000 Packed[market,1,2019]
    + 25000 Boxes[bright,2018] + 20000 Boxes[bright,2019] + 25000 Boxes[dark,2018] + 20000 Boxes[dark,2019]
    + 1000 Spent[2018] + 1000 Spent[2019] <= 1000
fund[lent]: 25000 Boxes[bright,2018] + 20000 Boxes[bright,2019] + 25000 Boxes[dark,2018]
    + 20000 Boxes[dark,2019] + 1000 Spent[2018] + 1000 Spent[2019] - Slack[lent] <= 300
# Eq. 17: a thousand printers print 50 million labels a year, for two years
label_printing[2018]: Labels[2018] - 50 Printers[2018] <= 0
label_printing[2019]: Labels[2019] - 50 Printers[2018] - 50 Printers[2019] <= 0
# Eq. 18: a quarter of 5 and 8 million parcels; what was packed of 5 million is 8 / 5 as much of 8 million
packaging_rise[market,2018]: Packed[market,0,2018] + Packed[market,1,2018] <= 1.25
packaging_rise[market,2019]: Packed[market,0,2019] + Packed[market,1,2019] - 1.6 Packed[market,0,2018]
    - 1.6 Packed[market,1,2018] <= 2
packaging_kept[market,2019]: Packed[market,0,2019] + Packed[market,1,2019] - 1.6 Packed[market,0,2018]
    - 1.6 Packed[market,1,2018] >= 0
# Eq. 19: one trip in twenty is the last one
box_pool[bright,2018]: Pool[bright,2018] - Boxes[bright,2018] = 0
box_pool[bright,2019]: Pool[bright,2019] - Boxes[bright,2019] - Pool[bright,2018]
    + 0.05 Trips[bright,2018] = 0
# Eq. 20: 1 / 20 + 0.05 / 2
box_trips[dark,2019]: 0.075 Trips[dark,2019] - Pool[dark,2019] <= 0
# Eq. 21: slopes (0.23 - 0.03) / 0.01 = 20 and 0.1 / 0.02 = 5 a CNY; 3 million * (0.2 - 5 * 0.01)
cutlery_response[0,2018]: Declined[2018] - 0.02 Spent[2018] <= 0
cutlery_response[1,2018]: Declined[2018] - 0.005 Spent[2018] <= 0.45
"""

BOUNDS = """
# fleet_max: 3 villages + urban parcels 600 * 1.2 * 1.5 / 250 = 4.32 -> 8;
# existing 1 + (3 + 1080 / 200 = 8.4) / 0.9 -> 1 + 10; 0 + 2; existing 3 + 2 / 0.9 -> 3 + 3
Buy[bright,e-van,2018]: 0 to 8, integer
Buy[bright,van,2018]: 0 to 11, integer
Buy[dark,e-van,2019]: 0 to 2, integer
Buy[dark,van,2018]: 0 to 6, integer
Buy[dark,van,2019]: 0 to 0, integer  # Eq. 9: from 2019 on Dark Ridge buys electric vehicles only
Sell[dark,van,2015,2018]: 0 to 2, integer
Sell[dark,van,2018,2019]: 0 to 6, integer
Stock[bright,van,2017,2019]: 0 to 1
Stock[bright,van,2018,2019]: 0 to 11
Stock[dark,van,2019,2019]: 0 to 0
Build[bright-hub,ac4,2019]: 0 to 2, integer  # (2 + 6) kW / 4 kW
Build[dark-hub,ac4,2018]: 0 to 1, integer
Upgrade[bright-hub,2018]: 0 to 6
Upgrade[dark-hub,2018]: 0 to 0
Use[15]: 0 to 1, integer
Urban[bright-hub,e-van,2018,peak]: 0 to 3.6  # 900 / 250
Urban[bright-hub,van,2019,regular]: 0 to 3.6  # 720 / 200
Charge[bright-hub,ac4,night,2018,peak]: 0 to 48  # 6 h * 8 kW
Charge[dark-hub,ac4,noon,2019,regular]: 0 to 8  # 2 h * 4 kW
# (3 villages * 21.25 kWh + 2.4 urban days * 10 kWh) / 0.95; 2 * 21.25 / 0.95
Public[bright-hub,2018,regular]: 0 to 92.368421
Public[dark-hub,2019,peak]: 0 to 44.736842
Green[two-green-cities,dark]: 0 to 1, integer
Slack[cash-2018]: 0 to none
Labels[2018]: 0 to 1  # (0.6 - 0.5) * 10 million
Labels[2019]: 0 to 6
Printers[2018]: 0 to 0.12  # 6 million / 50,000
Packed[market,1,2019]: 0 to 4  # half of 8 million
# a tenth of: 65 * 1.5 + 300 days * 600 urban parcels and 65 * 1.1 + 300 days * 140 village parcels; in 2019
# 1.2 times the first and 1.25 times the second
Trips[bright,2018]: 0 to 29.051
Trips[bright,2019]: 0 to 35.12125
Boxes[bright,2018]: 0 to 2.6340938  # 0.075 times as many
Pool[bright,2019]: 0 to 2.6340938
Spent[2018]: 0 to 90  # 0.03 CNY * 3 million
Declined[2019]: 0 to 1.2  # (0.33 - 0.03) * 4 million
"""

COSTS = """
bright 2019 purchase: 70000 Buy[bright,e-van,2019] + 50000 Buy[bright,van,2019]
# ages 1, 2, 1: shares 0.6, 0.4, 0.6 of 60,000 and 50,000
bright 2019 resale: - 36000 Sell[bright,e-van,2018,2019] - 20000 Sell[bright,van,2017,2019]
    - 30000 Sell[bright,van,2018,2019]
dark 2019 insurance: 2000 Stock[dark,e-van,2018,2019] + 2000 Stock[dark,e-van,2019,2019]
    + 2000 Stock[dark,van,2018,2019] + 2000 Stock[dark,van,2019,2019]
dark 2019 chargers: 4000 Build[dark-hub,ac4,2019]
bright 2018 charger_upkeep: 100 Build[bright-hub,ac4,2018] + 100
bright 2019 charger_upkeep: 100 Build[bright-hub,ac4,2018] + 100 Build[bright-hub,ac4,2019]
bright 2018 grid_upgrade: 500 Upgrade[bright-hub,2018]
# 65 and 300 days * 0.4 CNY at night, 1.0 at noon
dark 2019 electricity: 26 Charge[dark-hub,ac4,night,2019,peak] + 120 Charge[dark-hub,ac4,night,2019,regular]
    + 65 Charge[dark-hub,ac4,noon,2019,peak] + 300 Charge[dark-hub,ac4,noon,2019,regular]
dark 2019 public_charging: 104 Public[dark-hub,2019,peak] + 480 Public[dark-hub,2019,regular]
# 65 and 300 days * 7 CNY * 8.77, 8.7 and (urban) 6.6 l
bright 2019 fuel: 3990.35 Use[8] + 18270 Use[12] + 3003 Urban[bright-hub,van,2019,peak]
    + 13860 Urban[bright-hub,van,2019,regular]
# 65 and 300 days * 20 CNY * 3.654, 2.86, 3.64, 2.85 h; urban days of 8 and 10 h
bright 2018 drivers: 4750.2 Use[0] + 3718 Use[1] + 21840 Use[4] + 17100 Use[5]
    + 13000 Urban[bright-hub,e-van,2018,peak] + 60000 Urban[bright-hub,e-van,2018,regular]
    + 10400 Urban[bright-hub,van,2018,peak] + 48000 Urban[bright-hub,van,2018,regular]
    + 190 Trips[bright,2018]  # 20 CNY * 0.01 h for 950 of 1,000 boxes
# 65 and 300 days * 0.1 CNY * 80 km, 0.05 * 70, 0.1 * 80, 0.05 * 70; urban days of 50 and 60 km
bright 2018 maintenance: 520 Use[0] + 227.5 Use[1] + 2400 Use[4] + 1050 Use[5]
    + 162.5 Urban[bright-hub,e-van,2018,peak] + 750 Urban[bright-hub,e-van,2018,regular]
    + 390 Urban[bright-hub,van,2018,peak] + 1800 Urban[bright-hub,van,2018,regular]
# ages 2, 1, 3, 2, 1 after 2019
bright end vehicle_value: - 24000 Stock[bright,e-van,2018,2019] - 42000 Stock[bright,e-van,2019,2019]
    - 10000 Stock[bright,van,2017,2019] - 20000 Stock[bright,van,2018,2019]
    - 30000 Stock[bright,van,2019,2019]
# ages 2 and 1; the existing one is 3: a quarter of 4,000
dark end charger_value: - 2000 Build[dark-hub,ac4,2018] - 3000 Build[dark-hub,ac4,2019] - 1000
bright end charger_value: - 2000 Build[bright-hub,ac4,2018] - 3000 Build[bright-hub,ac4,2019]
nation 2019 e_label: 700000 Printers[2019]
nation 2018 packaging: 50000 Packed[market,0,2018] + 170000 Packed[market,1,2018]
dark 2019 boxes: 20000 Boxes[dark,2019]
nation 2019 cutlery: 1000 Spent[2019]
nation 2018 savings: - 200000 Labels[2018] - 150000 Packed[market,0,2018] - 150000 Packed[market,1,2018]
    - 150000 Declined[2018]
bright 2018 savings: - 1000 Trips[bright,2018]
bright end box_value: - 8000 Pool[bright,2019] + 400 Trips[bright,2019]
nation 2018 penalty: 2 Slack[carbon-2018] + 3 Slack[cash-2018] + 6 Slack[short-2018]
nation 2019 penalty: 4 Slack[all-vans-2019] + 2 Slack[carbon-2019] + 5 Slack[two-green-cities]
    + 7 Slack[labels-2019] + 8 Slack[lent]
"""

EMISSIONS = """
bright 2019 fuel: 1425.125 Use[8] + 6525 Use[12] + 1072.5 Urban[bright-hub,van,2019,peak]
    + 4950 Urban[bright-hub,van,2019,regular]
bright 2019 electricity: 6.5 Charge[bright-hub,ac4,night,2019,peak]
    + 30 Charge[bright-hub,ac4,night,2019,regular] + 6.5 Charge[bright-hub,ac4,noon,2019,peak]
    + 30 Charge[bright-hub,ac4,noon,2019,regular] + 6.5 Public[bright-hub,2019,peak]
    + 30 Public[bright-hub,2019,regular]
nation 2019 e_label: - 10000 Labels[2019]
nation 2019 packaging: - 40000 Packed[market,0,2019] - 40000 Packed[market,1,2019]
bright 2019 boxes: 2000 Boxes[bright,2019] - 281 Trips[bright,2019]
nation 2018 cutlery: - 40000 Declined[2018]
"""

OBJECTIVE = {  # 2018 counts 1, 2019 0.8, the end 0.64
    "Buy[bright,e-van,2018]": 60000.0,
    "Buy[bright,e-van,2019]": 0.8 * 70000,
    "Sell[bright,van,2017,2019]": -0.8 * 20000,
    "Stock[bright,e-van,2018,2018]": 2000.0,
    "Stock[bright,e-van,2018,2019]": 0.8 * 2000 - 0.64 * 24000,
    "Build[dark-hub,ac4,2018]": 4000 + 100 + 0.8 * 100 - 0.64 * 2000,
    "Upgrade[dark-hub,2019]": 0.8 * 500,
    "Charge[dark-hub,ac4,noon,2019,regular]": 0.8 * 300,
    "Public[dark-hub,2019,peak]": 0.8 * 104,
    "Urban[bright-hub,van,2019,peak]": 0.8 * (15600 + 390 + 3003),
    "Use[8]": 0.8 * 65 * 180.165,  # 30 CNY * 3.6925 h + 0.1 * 80 km + 7 CNY * 8.77 l
    "Slack[two-green-cities]": 0.8 * 5,
    "Labels[2019]": -0.8 * 200_000,
    "Printers[2018]": 800_000.0,
    "Packed[market,1,2019]": 0.8 * (170_000 - 150_000),
    "Boxes[dark,2019]": 0.8 * 20_000,
    "Pool[dark,2019]": -0.64 * 8_000,
    "Trips[dark,2019]": 0.8 * (-1_000 + 30 * 0.01 * 950) + 0.64 * 400,
    "Spent[2019]": 0.8 * 1_000,
    "Declined[2018]": -150_000.0,
}
OBJECTIVE_CONSTANT = 2 * 100 + 0.8 * 100 - 0.64 * 1000
"""Upkeep of the existing chargers, two in 2018 and one in 2019, which is worth something at the end."""


def entries(text: str) -> dict[str, str]:
    """Name -> row of the lines above; indented lines continue a row, # starts a comment."""
    lines = [re.sub(r"\s*#.*", "", line) for line in text.replace("\n    ", " ").splitlines()]
    return dict(line.split(": ", 1) for line in lines if line)


@pytest.fixture(scope="module")
def model() -> pyo.ConcreteModel:
    nation = everything()
    return build(nation, columns_of(nation))


@pytest.mark.parametrize(("name", "row"), entries(ROWS).items())
def test_row(model: pyo.ConcreteModel, name: str, row: str) -> None:
    assert row_terms(model.find_component(name)) == terms_of(row)


@pytest.mark.parametrize(("name", "bounds"), entries(BOUNDS).items())
def test_bounds(model: pyo.ConcreteModel, name: str, bounds: str) -> None:
    variable = model.find_component(name)
    upper = "none" if variable.ub is None else f"{variable.ub:.8g}"
    assert f"{variable.lb:g} to {upper}{'' if variable.is_continuous() else ', integer'}" == bounds


@pytest.mark.parametrize(("name", "cash"), entries(COSTS).items())
def test_cost_term(model: pyo.ConcreteModel, name: str, cash: str) -> None:
    assert linear_terms(expression_of(model.Cost, name)) == terms_of(cash)


@pytest.mark.parametrize(("name", "co2"), entries(EMISSIONS).items())
def test_emission(model: pyo.ConcreteModel, name: str, co2: str) -> None:
    assert linear_terms(expression_of(model.Emission, name)) == terms_of(co2)


def test_objective_is_the_discounted_cash(model: pyo.ConcreteModel) -> None:
    terms = linear_terms(model.objective.expr)
    assert {name: terms[name] for name in OBJECTIVE} == pytest.approx(OBJECTIVE)
    assert terms[""] == pytest.approx(OBJECTIVE_CONSTANT)


TWO_HUBS = """
vehicle_days[bright,van,2018,regular]: Use[4] + Urban[bright-hub,van,2018,regular]
    + Urban[bright-west,van,2018,regular] - 0.9 Stock[bright,van,2017,2018]
    - 0.9 Stock[bright,van,2018,2018] <= 0
urban_service[bright,2018,regular]: 250 Urban[bright-hub,e-van,2018,regular]
    + 250 Urban[bright-west,e-van,2018,regular] + 200 Urban[bright-hub,van,2018,regular]
    + 200 Urban[bright-west,van,2018,regular] >= 600
energy_balance[bright-west,2018,regular]: 0.8 Charge[bright-west,ac4,night,2018,regular]
    + 0.8 Charge[bright-west,ac4,noon,2018,regular] + 0.95 Public[bright-west,2018,regular]
    - 10 Urban[bright-west,e-van,2018,regular] = 0
grid[bright-west,2018]: 4 Build[bright-west,ac4,2018] - Upgrade[bright-west,2018] <= 8
"""


@pytest.mark.parametrize(("name", "row"), entries(TWO_HUBS).items())
def test_a_city_with_two_hubs_has_one_fleet_and_two_grid_connections(name: str, row: str) -> None:
    nation = everything(with_second_hub)
    model = build(nation, columns_of(nation))
    assert row_terms(model.find_component(name)) == terms_of(row)
    assert linear_terms(model.Cost["bright", 2018, "chargers"]) == terms_of(
        "4000 Build[bright-hub,ac4,2018] + 4000 Build[bright-west,ac4,2018]"
    )


def with_second_hub(data: Data) -> None:
    west = {"id": "bright-west", "grid_kw": 8.0, "grid_upgrade_max_kw": 0.0}
    data["hubs"].append(data["hubs"][0] | west)


def test_nothing_in_the_program_goes_unwritten(model: pyo.ConcreteModel) -> None:
    def families(text: str) -> set[str]:
        return {name.split("[")[0] for name in entries(text)}

    def last_words(text: str) -> set[str]:
        return {name.split()[-1] for name in entries(text)}

    assert families(ROWS) == {c.name for c in model.component_objects(pyo.Constraint)}
    assert families(ROWS) == {rows.name for feature in FEATURES for rows in feature.constraints}
    assert families(BOUNDS) == {v.name for v in model.component_objects(pyo.Var)}
    assert families("\n".join(f"{name}: " for name in OBJECTIVE)) == families(BOUNDS) - {"Green"}
    assert last_words(COSTS) == {term for _, _, term in model.Cost}
    assert last_words(EMISSIONS) == {source for _, _, source in model.Emission}
    assert all(len(row) > 0 for row in model.component_objects(pyo.Constraint))


def test_rows_and_variables_stand_in_sorted_order(model: pyo.ConcreteModel) -> None:
    for component in model.component_objects((pyo.Constraint, pyo.Var)):
        assert list(component) == sorted(component), component.name


# -- rows as text ---------------------------------------------------------------------------------------


def expression_of(expressions: pyo.Expression, name: str) -> pyo.Expression:
    """Find ``bright 2019 fuel`` in Cost or Emission; the nation stands there under an empty name."""
    place, year, term = name.split()
    return expressions["" if place == "nation" else place, int(year) if year.isdigit() else year, term]


def linear_terms(expression: object) -> dict[str, float]:
    """Coefficient by variable name, the constant under the empty name; rounded to 9 digits."""
    form = generate_standard_repn(expression, quadratic=False)
    assert form.is_linear()
    terms = {v.name: round(c, 9) for c, v in zip(form.linear_coefs, form.linear_vars, strict=True) if c}
    return terms | ({"": round(form.constant, 9)} if form.constant else {})


def row_terms(row: pyo.Constraint) -> dict[str, float | str]:
    """The row with its variables on the left and the constant on the right."""
    terms = linear_terms(row.body)
    if row.equality:
        sense, bound = "=", row.upper
    elif row.upper is not None:
        sense, bound = "<=", row.upper
    else:
        sense, bound = ">=", row.lower
    return {**terms, "": round(pyo.value(bound) - terms.get("", 0.0), 9), "sense": sense}


def terms_of(text: str) -> dict[str, float | str]:
    """Read ``2 x - y + 3 <= 4``: coefficient by variable name, the constant, and the sense of a row."""
    words = text.split()
    terms: dict[str, float | str] = {}
    sign, coefficient = 1.0, None
    for place, word in enumerate(words):
        if word in ("+", "-"):
            sign = -1.0 if word == "-" else 1.0
        elif word in ("=", "<=", ">="):
            return {**terms, "": float(words[place + 1]), "sense": word}
        elif word[0].isalpha():
            terms[word] = sign * (1.0 if coefficient is None else coefficient)
            sign, coefficient = 1.0, None
        else:
            coefficient = float(word)
    return terms if coefficient is None else {**terms, "": sign * coefficient}
