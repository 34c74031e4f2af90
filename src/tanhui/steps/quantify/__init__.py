"""Quantification of the emission reduction of a behavior (clause 7.3)."""
