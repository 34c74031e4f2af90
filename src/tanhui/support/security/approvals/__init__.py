"""Entry, review and approval by different people (8.4): one mechanism for everything that must not be one person's word."""
