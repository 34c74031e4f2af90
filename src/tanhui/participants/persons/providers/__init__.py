"""Adapters to those who bring messages and check identities."""
