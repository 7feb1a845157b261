"""Plans, due check-ins, drafts, submit, and the rebuild of a series."""
