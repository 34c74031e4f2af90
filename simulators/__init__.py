"""Simulators of outside parties, for tests and trials: processes of their own that speak the party's real protocol."""
