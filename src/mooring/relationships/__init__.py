"""Figures: the people a client is attached to."""
