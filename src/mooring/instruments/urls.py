from django.urls import path

from mooring.instruments import views, wizard

app_name = "instruments"
urlpatterns = [
    path("measures/", views.measures, name="measures"),
    path("measures/add/", views.add, name="add"),
    path("measures/<uuid:version>/", views.version, name="version"),
    path("measures/<uuid:version>/questionnaire.json", views.export, name="export"),
    path("measures/draft/<uuid:draft>/", wizard.measure, name="measure"),
    path("measures/draft/<uuid:draft>/questions/", wizard.items, name="items"),
    path("measures/draft/<uuid:draft>/licence/", wizard.licence, name="licence"),
    path("measures/draft/<uuid:draft>/wording/", wizard.wording, name="wording"),
    path("measures/draft/<uuid:draft>/examples/", wizard.examples, name="examples"),
    path("measures/draft/<uuid:draft>/publish/", wizard.publish, name="publish"),
    path("measures/draft/<uuid:draft>/give-up/", views.give_up, name="give_up"),
]
