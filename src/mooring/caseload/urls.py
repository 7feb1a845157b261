from django.urls import path

from mooring.caseload import acts, views

app_name = "caseload"
urlpatterns = [
    path("caseload/", views.caseload, name="caseload"),
    path("caseload/everyone/", views.everyone, name="everyone"),
    path("caseload/add/", views.everyone, name="admit"),
    path("case/<uuid:participation>/", views.everyone, name="case"),
    path("case/<uuid:participation>/brief/", views.brief, name="brief"),
    path("case/<uuid:participation>/read/", acts.read, name="read"),
    path("case/<uuid:participation>/talked/<uuid:checkin>/", acts.talked, name="talked"),
    path("signal/<uuid:signal>/", acts.acknowledge, name="acknowledge"),
]
