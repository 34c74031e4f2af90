"""One file per journey: each owns its transaction and calls the steps in the standard's order."""
