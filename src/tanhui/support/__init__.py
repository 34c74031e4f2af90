"""Clause 8: the ground everything stands on."""
