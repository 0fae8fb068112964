"""Hub-days drawn from an instance, each solved on its own: how near to proven, at what cost."""
