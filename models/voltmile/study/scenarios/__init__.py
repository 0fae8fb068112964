"""What if: scenarios one by one beside the instance as it is, and one fleet for all of them."""
