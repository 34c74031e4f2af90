"""Clauses 6.6 and 8.5: exchange with other platforms, open interfaces to authorities, privacy-preserving computation."""
