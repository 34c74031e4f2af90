"""Double entry: balanced postings that are never changed, in grams and in points."""
