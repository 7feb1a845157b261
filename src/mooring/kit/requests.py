"""The request as our views see it: signed in, with htmx's headers read."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request after django-htmx's middleware."""

    htmx: HtmxDetails


class SignedInRequest(HtmxRequest):
    """A request behind `login_required`."""

    user: Any


def actor_of(request: HttpRequest) -> UUID | None:
    """The signed-in user's key, as the audit stores it."""
    user = request.user
    return user.pk if user.is_authenticated else None
