"""Keys (8.4): personal data sealed per person, found again by blind index, and made unreadable by shredding the key."""
