"""The audit trail: who changed what, when and why, written by the database itself and out of the application's reach."""
