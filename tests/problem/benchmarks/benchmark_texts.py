"""One small file of each format. Node 0 (the depot) is at (0, 0), customers at (3, 4) and (6, 8).

So distances are 5, 10 and 5, with none to round; other tests move a node to see rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmark_texts_electric import MIKKELSEN, MONTOYA, SCHNEIDER

from voltmile.problem.routing import RoutingProblem

Write = Callable[[str, str], Path]
ReadOne = Callable[[str, str], RoutingProblem]

CVRP = """NAME : A-n3-k1
COMMENT : (made up, No of trucks: 2)
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
 1 0 0
 2 3 4
 3 6 8
DEMAND_SECTION
1 0
2 4
3 7
DEPOT_SECTION
 1
 -1
EOF
"""

LKH = """NAME : C101
TYPE : CVRPTW
DIMENSION : 3
VEHICLES : 2
CAPACITY : 10
SERVICE_TIME : 90
SCALE : 10
EDGE_WEIGHT_TYPE : FLOOR_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 1 1
DEMAND_SECTION
1 0
2 4
3 7
TIME_WINDOW_SECTION
1 0 100
2 10 20
3 30 40
DEPOT_SECTION
1
-1
EOF
"""

_HFVRP_NODES = """NODE_COORD_SECTION
1\t0\t0
2\t3\t4
3\t1\t1
DEMAND_SECTION
1\t0
2\t4
3\t7
"""

PESSOA = f"""NAME : \tX3-HVRP\t
COMMENT : \t"made up"\t
TYPE : \tHFVRP\t
DIMENSION : \t3\t
EDGE_WEIGHT_TYPE : \tEUC_2D\t
VEHICLE_KINDS : \t2\t
CAPACITIES
5\t10
FIXED_COSTS
20\t35
VARIABLE_COSTS
0.59\t1.0
NUMBER_OF_VEHICLES
2\t1
{_HFVRP_NODES}DEPOT_SECTION
\t1
\t-1
EOF
"""

PYVRP = f"""NAME: X3-HVRP
TYPE: HFVRP
DIMENSION: 3
VEHICLES: 3
EDGE_WEIGHT_TYPE: EUC_2D
{_HFVRP_NODES}CAPACITY_SECTION
1\t5
2\t5
3\t10
VEHICLES_FIXED_COST_SECTION
1\t2000
2\t2000
3\t3500
VEHICLES_UNIT_DISTANCE_COST_SECTION
1\t59
2\t59
3\t100
DEPOT_SECTION
1
EOF
"""

AILS = """NAME : 13\u00b0E076-08s
TYPE : HVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 180
VEHICLES : 8
VEHICLE_KINDS : 2
NODE_COORD_SECTION
1 0 0
2 3 4
3 1 1
DEMAND_SECTION
1 0
2 4
3 7
DEPOT_SECTION
 1
-1
CAPACITIES
5 10
FIXED_COSTS
20 35
COST_COEFFICIENTS
1.0 1.6
VEHICLES_AVAILABLE
1 2
EOF"""

QUEIROGA = """2
 0 0 0 0
 1 3 4 4
 2 1 1 7
2
5 20 1.0 0 1
10 35 1.6 0 2
"""

SOLOMON = """C101

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        100          0
    1      3          4          4         10         20         90
    2      1          1          7         30         40         90
"""

TEXTS = {
    "cvrplib": CVRP,
    "lkh-vrptw": LKH,
    "pessoa-hfvrp": PESSOA,
    "pyvrp-hfvrp": PYVRP,
    "ails-hvrp": AILS,
    "queiroga-hvrp": QUEIROGA,
    "solomon": SOLOMON,
    "schneider": SCHNEIDER,
    "mikkelsen": MIKKELSEN,
    "montoya": MONTOYA,
}
