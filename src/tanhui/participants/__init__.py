"""Who takes part (clause 6): persons, and organizations by their role."""
