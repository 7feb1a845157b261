from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "mooring.sessions"
    # Django's own sessions of visitors have the plain word.
    label = "mooring_sessions"
    default_auto_field = "django.db.models.BigAutoField"
