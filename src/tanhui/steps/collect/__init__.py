"""Collection of activity data (clauses 7.3.3 and 8.5): from a partner's file to checked records."""
