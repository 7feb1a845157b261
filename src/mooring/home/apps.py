from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "mooring.home"
    label = "home"
