"""Clause 7, in its own order: identify, quantify, collect, account, points. A step may use only the steps before it."""
