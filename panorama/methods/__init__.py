"""Statistics that SQL cannot say. Pure functions over frames; formulas and their sources stand in docs/methods.md."""
