"""One door to all published benchmarks: a file in, problems out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from voltmile.problem.benchmarks.best_known import same_variant
from voltmile.problem.benchmarks.cvrplib import read_cvrplib
from voltmile.problem.benchmarks.detect import FORMATS, detect
from voltmile.problem.benchmarks.golden_taillard import read_ails, read_queiroga
from voltmile.problem.benchmarks.hfvrp import read_pessoa, read_pyvrp_hfvrp
from voltmile.problem.benchmarks.lkh_vrptw import read_lkh_vrptw
from voltmile.problem.benchmarks.mikkelsen import read_mikkelsen
from voltmile.problem.benchmarks.montoya import read_montoya
from voltmile.problem.benchmarks.schneider import read_schneider
from voltmile.problem.benchmarks.solomon import read_solomon
from voltmile.problem.benchmarks.source import Source, read_source
from voltmile.problem.faults import nearest
from voltmile.problem.routing import RoutingProblem

_READERS: dict[str, Callable[[Source], list[RoutingProblem]]] = {
    "cvrplib": read_cvrplib,
    "lkh-vrptw": read_lkh_vrptw,
    "pessoa-hfvrp": read_pessoa,
    "pyvrp-hfvrp": read_pyvrp_hfvrp,
    "ails-hvrp": read_ails,
    "queiroga-hvrp": read_queiroga,
    "solomon": read_solomon,
    "schneider": read_schneider,
    "mikkelsen": read_mikkelsen,
    "montoya": read_montoya,
}


def read_benchmarks(
    path: Path, *, format: str | None = None, variant: str | None = None
) -> list[RoutingProblem]:
    """Read a published benchmark file into the problems it defines.

    Parameters
    ----------
    path : Path
    format : str or None
        A key of ``FORMATS``; None to tell it from the content.
    variant : str or None
        Return only the problem of this variant; decorated names such as "E-VRPTW full recharge" are
        understood.

    Returns
    -------
    list of RoutingProblem
        One, or several that share their arrays.

    Raises
    ------
    BenchmarkError
        If the file is in no known format, damaged, nonsense, or has no such variant.
    """
    source = read_source(Path(path))
    name = detect(source) if format is None else format
    if name not in _READERS:
        raise source.error("", f"there is no format {name!r}; {nearest(name, FORMATS)}")
    problems = _READERS[name](source)
    if variant is None:
        return problems
    chosen = [problem for problem in problems if same_variant(problem.variant, variant)]
    if not chosen:
        raise source.error(
            "", f"has no variant {variant!r}; {nearest(variant, (p.variant for p in problems))}"
        )
    return chosen
