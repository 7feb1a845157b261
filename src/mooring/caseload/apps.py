from django.apps import AppConfig


class CaseloadConfig(AppConfig):
    name = "mooring.caseload"
    label = "caseload"
