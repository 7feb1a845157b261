"""Fixtures for every test. The science runs without Django, so its tests must not need what stands in `cast`."""

import importlib.util

if importlib.util.find_spec("django") is not None:
    from tests.cast import *  # noqa: F403
