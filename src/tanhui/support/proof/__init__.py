"""Tamper evidence: a Merkle log with signed checkpoints."""
