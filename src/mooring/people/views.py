"""Joining by invitation."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mooring.people import joining
from mooring.people.forms import JoinForm
from mooring.people.models import User


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
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
        has_account=User.objects.filter(email=invitation.email).exists(),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = joining.accept(secret, name=data["name"], password=data["password"], zone=data["zone"], at=at)
        except joining.InvitationUnusable as unusable:
            form.add_error(None, str(unusable))
        else:
            if form.has_account:
                return redirect("account_login")
            login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
            return redirect("front")
    return render(request, "people/join.html", {"form": form, "invitation": invitation})
