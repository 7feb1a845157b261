"""Questionnaires that clinics bring: read from four formats, bound to a key or to scales of their own, and exported.

Everything here is pure: bytes in, dataclasses out. Nothing is fetched, nothing is stored. What cannot be used is
refused with a CatalogueError that names the place.
"""
