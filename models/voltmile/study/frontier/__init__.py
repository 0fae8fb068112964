"""Cost against carbon: the least cost under falling carbon caps, each point with its own gap."""
