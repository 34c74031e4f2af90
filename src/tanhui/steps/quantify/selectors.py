"""What others read of the methodologies: the library of those that ship, and the one in force for a record."""

from tanhui.steps.quantify.library import Library, choose, library

__all__ = ["Library", "choose", "library"]
