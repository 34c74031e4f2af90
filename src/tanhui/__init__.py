"""Tanhui (碳惠): the open platform for individual carbon emission reduction incentives, T/CECA-G 0203—2022."""

__version__ = "0.1.0"
