"""The same work done by other software, as its documentation shows."""
