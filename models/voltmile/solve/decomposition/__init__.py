"""Nations by decomposition: cities alone at prices of the national limits, one program over their plans."""
