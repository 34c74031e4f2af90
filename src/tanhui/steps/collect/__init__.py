"""Collection of activity data (clauses 7.3.3, 8.5)."""
