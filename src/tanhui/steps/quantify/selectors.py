"""What others read of the methodologies and factors: those that ship, one looked up, and the one in force for a record."""

from tanhui.steps.quantify.catalogue import Due, due_factors, factor_named, factor_value
from tanhui.steps.quantify.library import Library, choose, library

__all__ = ["Due", "Library", "choose", "due_factors", "factor_named", "factor_value", "library"]
