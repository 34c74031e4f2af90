"""Clause 6: organizations by role, their qualifications and agreements, persons, consents."""
