"""Consent, keys per person, the append-only audit, erasure."""
