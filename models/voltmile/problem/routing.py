"""A vehicle routing problem: one depot, one day, vehicles of several types, perhaps stations on the way.

What a hub has to solve on a day at given prices, and what the published benchmarks are: capacitated,
heterogeneous, with time windows, with electric vehicles that recharge. Numbers carry whatever unit the
source uses; nothing here converts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Battery:
    """What an electric vehicle stores and how it refills.

    Attributes
    ----------
    capacity : float
        Full at departure from the depot.
    per_distance : float
        Consumption.
    charging : dict of str to tuple of (time, level)
        By station kind the concave, piecewise-linear level after a time from empty, from (0, 0) to
        (time to full, capacity). A vehicle that arrives with some level goes on from there.
    full : bool
        True: a visit to a station always fills the battery; False: any part.
    """

    capacity: float
    per_distance: float
    charging: dict[str, tuple[tuple[float, float], ...]]
    full: bool = False


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle type.

    Attributes
    ----------
    capacity : float
        Most demand of a route.
    count : int or None
        How many there are; None for as many as wanted.
    fixed, per_distance, per_time : float
        Cost of a route, of a unit of distance, and of a unit of driving and charging time; neither service
        nor waiting costs.
    max_duration : float
        Most time from departure to return: driving, service, charging and waiting.
    battery : Battery or None
    least : int
        Fewest routes of the type; each serves a customer.
    """

    name: str
    capacity: float
    count: int | None = None
    fixed: float = 0.0
    per_distance: float = 1.0
    per_time: float = 0.0
    max_duration: float = float("inf")
    battery: Battery | None = None
    least: int = 0


@dataclass(frozen=True, eq=False)
class RoutingProblem:
    """Serve every customer once, on routes from the depot and back, at least cost.

    Nodes are numbered: 0 the depot, 1..n the customers, then the stations. Every arc is allowed; stations may
    be visited any number of times, and for nothing.

    Attributes
    ----------
    family : str
        The set it belongs to, as in "CVRP A" or "E-VRPTW 10"; empty when unknown.
    variant : str
        The problem class: CVRP, DCVRP, VRPTW, FSMF, FSMD, FSMFD, HVRPD, HVRPFD, E-VRPTW full,
        E-VRPTW partial, MFGVRP, E-VRP-NL, ...
    labels : tuple of str
        Name of each node in the source, shape (nodes,).
    distance, time : array, shape (nodes, nodes)
        Of each arc; ``time`` is driving only.
    demand, service : array, shape (n + 1,)
        0 at the depot.
    earliest, latest : array, shape (nodes,)
        Service at a customer begins within; a vehicle leaves the depot not before ``earliest[0]`` and is back
        by ``latest[0]``; 0 and infinity where there is no window. Windows together with a limit on the
        duration of a vehicle without recharging cannot be solved yet.
    stations : tuple of str
        Kind of each station, the key of ``Battery.charging``.
    max_routes : int or None
        Most routes of all types together.
    vehicles_first : bool
        True: fewest routes come before cost.
    cost_unit : float
        Every route's cost is a multiple of it; 0 when unknown.
    coordinates : array, shape (nodes, 2), or None
    """

    name: str
    family: str
    variant: str
    labels: tuple[str, ...]
    distance: Matrix
    time: Matrix
    demand: Vector
    service: Vector
    earliest: Vector
    latest: Vector
    vehicles: tuple[Vehicle, ...]
    stations: tuple[str, ...] = ()
    max_routes: int | None = None
    vehicles_first: bool = False
    cost_unit: float = 0.0
    coordinates: Matrix | None = None

    @property
    def size(self) -> int:
        """Number of customers n."""
        return len(self.demand) - 1

    @property
    def most_routes(self) -> int:
        """Most routes a plan can have: one for each customer, or fewer where there is a limit."""
        return self.size if self.max_routes is None else min(self.size, self.max_routes)

    @property
    def has_windows(self) -> bool:
        """Whether some node has a time window."""
        return bool((self.earliest > 0).any() or np.isfinite(self.latest).any())


@dataclass(frozen=True, slots=True)
class Route:
    """A round trip.

    Attributes
    ----------
    vehicle : int
        Position in ``RoutingProblem.vehicles``.
    nodes : tuple of int
        Customers and stations in driving order, the depot left out.
    charged : tuple of float
        Energy taken at each of ``nodes``, 0 at customers; empty for a route without stations.
    """

    vehicle: int
    nodes: tuple[int, ...]
    charged: tuple[float, ...] = ()


Status = Literal["optimal", "feasible", "infeasible", "bound only", "nothing"]


@dataclass(frozen=True)
class RoutingResult:
    """What a solver found out about a problem.

    Attributes
    ----------
    status : str
        ``optimal``: bound and cost agree within the gap asked for; ``feasible``: they do not; ``infeasible``:
        proven that no plan exists; ``bound only``: no plan found; ``nothing``: neither.
    routes : tuple of Route
        The best plan; empty without one.
    cost : float
        Infinity without a plan. With ``vehicles_first`` the cost without the priority of vehicles.
    bound : float
        No plan costs less (with ``vehicles_first``: no plan with as few routes); minus infinity when nothing
        is proven.
    bound_by : str
        Which of the valid bounds it is: "column generation", "branching", "two-index relaxation"; "nothing"
        without one.
    columns, cuts, nodes : int
        Columns generated, cuts added, branch-and-bound nodes solved.
    time_s : float
        Wall time.
    trace : tuple of tuple
        (time_s, step, bound, cost, columns, cuts) as the solution went on.
    failure : str
        Why a linear or integer program could not be solved, which ended the solve: plan and bound are those
        from before. Empty as a rule.
    """

    status: Status
    routes: tuple[Route, ...]
    cost: float
    bound: float
    bound_by: str
    columns: int
    cuts: int
    nodes: int
    time_s: float
    trace: tuple[tuple[float, str, float, float, int, int], ...] = ()
    failure: str = ""

    @property
    def gap(self) -> float:
        """(cost - bound) / |cost|; infinity while one is missing."""
        if not (np.isfinite(self.cost) and np.isfinite(self.bound)):
            return float("inf")
        return max(0.0, self.cost - self.bound) / max(abs(self.cost), 1e-9)
