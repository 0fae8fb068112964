"""Branch-cut-and-price for one routing problem: proven plans and safe bounds."""
