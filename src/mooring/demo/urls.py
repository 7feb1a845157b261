"""The demonstration's addresses: its own front page and doors before the clinic's."""

from django.urls import include, path

from mooring.demo import views

urlpatterns = [
    path("", views.doors, name="doors"),
    path("enter/<slug:who>/", views.enter, name="enter"),
    path("", include("mooring.web.urls")),
]
