from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class DemoConfig(AppConfig):
    """Refuses to load anywhere but in the demonstration."""

    name = "mooring.demo"
    label = "demo"

    def ready(self) -> None:
        if not getattr(settings, "MOORING_DEMO", False) or settings.SETTINGS_MODULE != "mooring.demo.settings":
            raise ImproperlyConfigured(
                "mooring.demo lets anybody become anybody; it loads with mooring.demo.settings only."
            )
