"""The double-entry ledger in two units, milligrams CO2e and thousandths of a point. Append-only; the database guards it."""
