"""What every tool does: read a problem from stdin, count CPU seconds, answer on the last line of stdout.

The tools run in environments of their own and import nothing of voltmile, but for ``voltmile_tool``.
"""

import json
import resource
import sys
from collections.abc import Callable
from typing import Any


def cpu() -> float:
    """CPU seconds of this process and of children it has waited for: others on the machine do not matter."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def repeated(asked: dict, price: Callable[[Any], Any], prepare: Callable[[], Any]) -> tuple[list[float], Any]:
    """Prepare and price as often as asked, less often where it takes long; only ``price`` is timed.

    Returns the seconds of each repetition and what the last one returned.
    """
    seconds: list[float] = []
    found = None
    while len(seconds) < asked["repeats"] and sum(seconds) < asked["limit_s"] / 3:
        ready = prepare()
        began = cpu()
        found = price(ready)
        seconds.append(cpu() - began)
    return seconds, found


def answer(solve: Callable[[dict], dict]) -> None:
    """Answer the problem on stdin.

    The answer has ``seconds``, a list; ``said``, the least reduced cost; ``tour``, the customers of a route.
    """
    found = solve(json.load(sys.stdin))
    print()
    print(json.dumps(found))
