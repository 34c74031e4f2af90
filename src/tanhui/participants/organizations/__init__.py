"""Organizations by their role (6.1-6.4, 6.6), and the agreements they act under."""
