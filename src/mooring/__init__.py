"""Mooring: measurement-based care for attachment-focused therapy."""

__version__ = "0.1.0"
