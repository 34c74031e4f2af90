"""Clause 8: what every step stands on, the ledger, security, and proof."""
