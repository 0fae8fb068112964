"""How the cost of solving a nation grows with its cities, by one worker, by two, and on a cluster."""
