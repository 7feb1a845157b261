from django.urls import path

from mooring.sessions import marking, views

app_name = "sessions"
urlpatterns = [
    path("case/<uuid:participation>/session/", views.after, name="after"),
    path("case/<uuid:participation>/session/<uuid:session>/", views.correct, name="correct"),
    path("case/<uuid:participation>/session/<uuid:session>/rating/", views.rating, name="rating"),
    path("case/<uuid:participation>/alliance/", views.alliance, name="alliance"),
    path("case/<uuid:participation>/alliance/mark/", marking.mark, name="mark"),
    path("case/<uuid:participation>/alliance/<uuid:rupture>/", marking.step, name="step"),
]
