"""Joining by invitation."""

from allauth.account.adapter import get_adapter
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mooring.people import joining
from mooring.people.forms import JoinForm
from mooring.people.models import Invitation


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Open an account with an invitation's link."""
    at = timezone.now()
    try:
        invitation = joining.find(secret, at)
    except joining.InvitationUnusable as unusable:
        return render(request, "people/join_unusable.html", {"reason": unusable}, status=410)
    form = JoinForm(
        request.POST or None,
        for_client=invitation.client_id is not None,
        has_account=joining.account_of(invitation.email) is not None,
    )
    if request.method == "POST" and form.is_valid() and (not form.has_account or _is_theirs(request, invitation, form)):
        data = form.cleaned_data
        try:
            joined = joining.accept(secret, name=data["name"], password=data["password"], zone=data["zone"], at=at)
        except joining.InvitationUnusable as unusable:
            form.add_error(None, str(unusable))
        else:
            if not joined.fresh:
                return redirect("account_login")
            login(request, joined.user, backend="allauth.account.auth_backends.AuthenticationBackend")
            return redirect("front")
    return render(request, "people/join.html", {"form": form, "invitation": invitation})


def _is_theirs(request: HttpRequest, invitation: Invitation, form: JoinForm) -> bool:
    """Whether the password opens the account; asked as sign-in asks, so that tries are counted together with its."""
    try:
        user = get_adapter(request).authenticate(
            request, email=invitation.email, password=form.cleaned_data["password"]
        )
    except ValidationError as too_many:
        form.add_error(None, too_many)
        return False
    if user is None or not user.is_active:
        form.add_error("password", _("This is not the password of the account with this address."))
        return False
    return True
