from django.urls import path

from mooring.caseload import acts, agreeing, pointing, views

app_name = "caseload"
urlpatterns = [
    path("caseload/", views.caseload, name="caseload"),
    path("caseload/everyone/", views.everyone, name="everyone"),
    path("caseload/add/", agreeing.admit, name="admit"),
    path("case/<uuid:participation>/", views.case, name="case"),
    path("case/<uuid:participation>/brief/", views.brief, name="brief"),
    path("case/<uuid:participation>/read/", acts.read, name="read"),
    path("case/<uuid:participation>/talked/<uuid:checkin>/", acts.talked, name="talked"),
    path("case/<uuid:participation>/plan/", agreeing.plan, name="plan"),
    path("case/<uuid:participation>/plan/end/", agreeing.end_plan, name="end"),
    path("case/<uuid:participation>/figures/", agreeing.figures, name="figures"),
    path("case/<uuid:participation>/figures/add/", agreeing.figure, name="figure"),
    path("case/<uuid:participation>/invite/", agreeing.invite, name="invite"),
    path("clinic/signals/", pointing.signals, name="signals"),
    path("signal/<uuid:signal>/", acts.acknowledge, name="acknowledge"),
]
