"""One file per journey: each owns its transaction and calls the layers below in the order of the standard."""
