"""Existing answers from a file: read, map, check everything, and only then write."""
