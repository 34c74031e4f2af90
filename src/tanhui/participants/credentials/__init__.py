"""Partners' keys to the interfaces (6.2, 8.3): issued, rotated, revoked; secrets as hashes only."""
