"""Every address. A route that is added here needs its row in tests/web/test_access.py."""

from django.urls import include, path

from mooring.web import views

urlpatterns = [
    path("", views.front, name="root"),
    # The same under a name of its own: the demonstration puts its doors in place of the root.
    path("home/", views.front, name="front"),
    path("leave/", views.leave, name="leave"),
    path("crisis/", views.crisis, name="crisis"),
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("", include("mooring.people.urls")),
    path("", include("mooring.home.urls")),
    path("", include("mooring.checkins.urls")),
    path("", include("mooring.sessions.urls")),
    path("", include("mooring.caseload.urls")),
    path("", include("mooring.instruments.urls")),
]
