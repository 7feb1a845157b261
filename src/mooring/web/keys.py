"""What a page says when somebody's texts cannot be opened, or nobody's."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mooring.privacy.keyring import KeyDestroyed, KeyringUnusable, KeyUnavailable

log = logging.getLogger(__name__)


class KeysMiddleware:
    """Turns a missing key into a page: gone for an erased person, and for all else “not now”."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, KeyDestroyed):
            return render(request, "web/erased.html", status=410)
        if isinstance(exception, KeyUnavailable | KeyringUnusable):
            # The sentence names a file or a UUID, and nobody's words.
            log.error("%s", exception)
            return render(request, "web/no_keys.html", status=503)
        return None
