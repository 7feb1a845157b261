"""Nothing a person reads here stays in a browser's cache: after a quick exit, Back shows nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PrivatelyMiddleware:
    """Adds `Cache-Control: no-store` to every page. Static files are served before this is reached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response
