"""Clinics, members, clients, courses, who cares for whom, and the one access rule."""
