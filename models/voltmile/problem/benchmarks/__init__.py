"""Published vehicle routing benchmarks, read into routing problems."""

from voltmile.problem.benchmarks.best_known import BestKnown, lookup, read_best_known, same_variant
from voltmile.problem.benchmarks.detect import FORMATS
from voltmile.problem.benchmarks.errors import BenchmarkError
from voltmile.problem.benchmarks.read import read_benchmarks
from voltmile.problem.benchmarks.solution import Solution, read_solution

__all__ = [
    "FORMATS",
    "BenchmarkError",
    "BestKnown",
    "Solution",
    "lookup",
    "read_benchmarks",
    "read_best_known",
    "read_solution",
    "same_variant",
]
