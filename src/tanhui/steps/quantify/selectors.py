"""What others read of the methodologies: the library of those that ship, the one in force for a record, and those in use."""

from tanhui.steps.quantify.library import Library, choose, library
from tanhui.steps.quantify.stored import stored_caps, stored_coefficient, stored_coefficients

__all__ = ["Library", "choose", "library", "stored_caps", "stored_coefficient", "stored_coefficients"]
