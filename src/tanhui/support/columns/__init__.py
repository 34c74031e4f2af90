"""Columns of a batch to and from PostgreSQL as they are, without Python per row."""
