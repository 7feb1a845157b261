"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The quick exit's address and whether this is the demonstration."""
    return {"quick_exit": settings.MOORING_QUICK_EXIT, "is_demo": getattr(settings, "MOORING_DEMO", False)}
