"""Individual green credits, called points here (clauses 3.4, 7.4)."""
