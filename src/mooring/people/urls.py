from django.urls import path

from mooring.people import views

urlpatterns = [path("join/<str:secret>/", views.join, name="join")]
