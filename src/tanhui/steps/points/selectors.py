"""What others read of the points: the conversion rules."""

from tanhui.steps.points.rules import shipped_rules, stored_rules

__all__ = ["shipped_rules", "stored_rules"]
