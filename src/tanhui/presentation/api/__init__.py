"""The programs' door: partners, redeemers, authorities."""
