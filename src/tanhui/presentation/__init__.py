"""The faces of the platform (clause 8.2): each translates in, makes one call inward, and translates out."""
