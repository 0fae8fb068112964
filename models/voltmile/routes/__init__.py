"""Making routes: distances, evaluation, heuristics, labelling, pricing."""
