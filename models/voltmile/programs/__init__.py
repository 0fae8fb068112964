"""The joint program in Pyomo, one feature a file."""
