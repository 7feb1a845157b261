"""Staff read other people's answers: until they have a second factor they reach its set-up and nothing else."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from mooring.people.models import Membership

# What someone without a factor may still open: setting one up, confirming who they are, leaving.
OPEN_ROUTES = frozenset({
    "mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "account_reauthenticate", "account_logout", "leave", "crisis",
})  # fmt: skip


class SecondFactorMiddleware:
    """Sends staff without a second factor to its set-up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        match = request.resolver_match
        if match is not None and match.view_name in OPEN_ROUTES:
            return None
        return redirect("mfa_index") if _must_set_up(request) else None


def _must_set_up(request: HttpRequest) -> bool:
    user = request.user
    if not user.is_authenticated or getattr(settings, "MOORING_DEMO", False):
        return False
    staff = Membership.objects.in_force(timezone.now()).filter(user=user).exists()
    # Recovery codes alone are no factor: they are what is left when one is lost.
    return staff and not is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
