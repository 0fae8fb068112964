"""Published benchmarks solved one after the other: a row for each, written as soon as it is checked."""
