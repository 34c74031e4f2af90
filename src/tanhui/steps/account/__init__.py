"""The individual carbon account (clauses 3.1, 4(4))."""
