"""What the dual values of one mix of vehicles are worth to another, and how it goes on from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.cuts import Enter, Row, Star
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.prices import Multipliers


@dataclass(frozen=True, eq=False)
class Lesson:
    """Dual values of a mix, which bound others too.

    Attributes
    ----------
    found : Multipliers
        The dual values.
    by : dict
        Of which type the rows are that prove most for each type, both as positions in ``day.rides``.
    strict : bool
        Proven over routes that keep their range or shift.
    """

    found: Multipliers
    by: dict[int, int]
    strict: bool

    def put_into(self, master: Master, rides: Sequence[int]) -> Vector:
        """Add the rows to the program of another mix, and return their dual values there.

        Star cuts hold for the type they are of alone; what else limits or orders the routes of one type does
        so for another with its own numbers.

        Parameters
        ----------
        rides : sequence of int
            What the program's types are in the whole day.
        """
        program, of_cuts = master.program, dict[Row, float](self.found.fleet)
        limits = np.zeros(len(program.resources))
        for q, ride in enumerate(rides):
            of = self.found.types[self.by[ride]]
            of_cuts.update({Enter(members, q, anchor): pi for members, anchor, pi in of.enter})
            for j, resource in enumerate(program.resources):
                if resource.type == q:
                    limits[j] = -of.limits.get(resource.row, 0.0)
                    stars = of.stars if self.by[ride] == ride else ()
                    of_cuts.update({Star(m, j): pi for m, row, pi in stars if row == resource.row})
        master.add([cut for cut in of_cuts if cut not in master.row])
        duals = np.zeros(master.n_rows)
        duals[: program.n] = self.found.prize[1:]
        duals[program.resource_rows] = limits
        for cut, pi in of_cuts.items():
            duals[master.row[cut]] = pi
        return duals
