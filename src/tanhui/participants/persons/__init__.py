"""Individual users (6.5): who they are, kept apart from what they did."""
