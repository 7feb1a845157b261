from django.urls import path

from mooring.checkins import views

app_name = "checkins"
urlpatterns = [
    path("check-in/<uuid:due>/", views.checkin, name="checkin"),
    path("check-in/<uuid:due>/<int:number>/", views.question, name="question"),
    path("check-in/<uuid:due>/to-talk-about/", views.topic, name="topic"),
    path("check-in/<uuid:due>/not-this-week/", views.decline, name="decline"),
    path("check-in/<uuid:due>/after-all/", views.after_all, name="after_all"),
]
