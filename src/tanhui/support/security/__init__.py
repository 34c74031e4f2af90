"""Roles; entry, review, approval and query; audit; encryption."""
