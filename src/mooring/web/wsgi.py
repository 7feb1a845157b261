"""The entry point for a web server. Kernels are compiled by `mooring serve` before the port opens."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mooring.web.settings")
application = get_wsgi_application()
