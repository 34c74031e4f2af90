"""The partners' API, version 1."""
