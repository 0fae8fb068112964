"""Builds `instances/green2020` from public registers; see the README beside it."""
