"""Who is who among the staff, what each may do, and how they sign in (8.2, 8.4)."""
