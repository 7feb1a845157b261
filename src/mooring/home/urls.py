from django.urls import path

from mooring.home import views

app_name = "home"
urlpatterns = [
    path("today/", views.today, name="today"),
    path("today/turn-to/", views.turn_to, name="turn_to"),
    path("river/", views.river, name="river"),
    path("river/how-i-have-been/", views.how_i_have_been, name="how_i_have_been"),
    path("river/<uuid:figure>/", views.river, name="river"),
    path("agreements/", views.agreements, name="agreements"),
    path("people/", views.people, name="people"),
    path("people/<uuid:figure>/", views.people, name="people"),
    path("people/<uuid:figure>/fit/", views.fit, name="fit"),
]
