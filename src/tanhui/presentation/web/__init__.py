"""The pages: persons, public portal, consoles, screen."""
