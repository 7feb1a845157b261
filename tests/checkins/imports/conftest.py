from tests.checkins.imports.trying import attempt

__all__ = ["attempt"]
