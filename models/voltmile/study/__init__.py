"""Experiments: configs, runs, tables, figures."""
