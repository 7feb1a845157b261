"""The demonstration's settings. Only these open the doors through which a visitor becomes somebody.

They bring their own database and keyring, answer on this machine only, and cannot be pointed at a clinic.
"""

import os
from pathlib import Path

from mooring.demo.folder import claim

HOME = Path(os.environ.get("MOORING_DEMO", "var/demo")).expanduser().absolute()
claim(HOME)
for _name in ("MOORING_DATABASE", "MOORING_KEYRING", "MOORING_SECRET_KEY", "MOORING_SMTP"):
    # A clinic's settings in this shell must not reach the demonstration.
    os.environ.pop(_name, None)
if not os.environ.get("MOORING_ORIGIN", "").startswith("http://localhost:"):
    # `mooring demo` names the port it serves; a clinic's own address is none of its business.
    os.environ.pop("MOORING_ORIGIN", None)
os.environ["MOORING_DATA"] = str(HOME / "data")

from mooring.web.settings import *  # noqa: E402, F403
from mooring.web.settings import INSTALLED_APPS as CLINIC_APPS  # noqa: E402

MOORING_DEMO = True
INSTALLED_APPS = ["mooring.demo.apps.DemoConfig", *CLINIC_APPS]
ROOT_URLCONF = "mooring.demo.urls"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
