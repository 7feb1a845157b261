"""Immutable versions of instruments, written from the catalogue or by an import."""
