"""The pure core: values in, values out. No framework, database, clock, network or randomness lives here."""
