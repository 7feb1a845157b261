"""A setting that cannot be used stops the start with a sentence that names it, and quotes no password."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mooring.web.configuration import BadSetting, read


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    return {"MOORING_DATA": str(tmp_path / "data"), "MOORING_KEYRING": str(tmp_path / "keys" / "keyring.sqlite3")}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MOORING_ORIGIN", "clinic.example"),
        ("MOORING_ORIGIN", "https://"),
        ("MOORING_ORIGIN", "http://clinic.example"),
        ("MOORING_ORIGIN", "https://clinic.example/path"),
        ("MOORING_ORIGIN", "https://clinic.example?next=x"),
        ("MOORING_ORIGIN", "https://clinic.example#x"),
        ("MOORING_ORIGIN", "https://localhost:hunter2"),
        ("MOORING_ORIGIN", "https://me:hunter2@clinic.example"),
        ("MOORING_DATABASE", "mysql://me:hunter2@host/clinic"),
        ("MOORING_DATABASE", "postgresql://me:hunter2@host:port/clinic"),
        ("MOORING_DATABASE", "postgresql://me:hunter2@host"),
        ("MOORING_DATABASE", "postgresql://me:[hunter2@host/clinic"),
        ("MOORING_SMTP", "mail.example"),
        ("MOORING_SMTP", "smtp://me:hunter2@mail.example:many"),
        ("MOORING_SECRET_KEY", "short"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str, given: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=f"^{name}: ") as error:
        read({**given, name: value})
    assert "hunter2" not in str(error.value) or name == "MOORING_ORIGIN"


@pytest.mark.parametrize("keyring", ["data/keyring.sqlite3", "data/../data/keys/k", "elsewhere/../data/k", "link/k"])
def test_the_keyring_lies_outside_the_data_however_it_is_written(keyring: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    with pytest.raises(BadSetting, match="MOORING_KEYRING"):
        read({"MOORING_DATA": str(tmp_path / "data"), "MOORING_KEYRING": str(tmp_path / keyring)})


def test_the_secret_is_made_once_by_the_first_of_many(given: dict[str, str], tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: read(given).secret_key, range(16)))
    assert len(made) == 1
    assert len(made.pop()) > 32
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_a_secret_that_was_never_written_is_written_now(given: dict[str, str], tmp_path: Path) -> None:
    """The power went between making the file and filling it."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret.key").touch()
    assert len(read(given).secret_key) > 32
    assert read(given).secret_key == read(given).secret_key


def started(given: dict[str, str], origin: str, code: str) -> list[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MOORING_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); from django.conf import settings as s; {code}"],
        env={**kept, **given, "MOORING_ORIGIN": origin, "DJANGO_SETTINGS_MODULE": "mooring.web.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_with_https_cookies_are_this_hosts_alone_and_the_proxy_says_who_asks(given: dict[str, str]) -> None:
    shown = (
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        "s.ALLAUTH_TRUSTED_PROXY_COUNT, s.SECURE_HSTS_SECONDS > 0, s.DEBUG, *s.ALLOWED_HOSTS)"
    )
    with_https = started(given, "https://clinic.example", shown)
    assert with_https == ["__Host-session", "__Host-csrf", "True", "True", "1", "True", "False", "clinic.example"]
    assert started(given, "http://localhost:8000", shown)[:5] == ["sessionid", "csrftoken", "False", "False", "0"]


def test_the_database_is_this_users_alone(given: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MOORING_", "DJANGO_"))}
    command = [sys.executable, "-m", "mooring.cli", "clinic", "new", "Quayside"]
    subprocess.run(command, env={**kept, **given}, capture_output=True, check=True)
    files: list[Any] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"mooring.sqlite3", "keyring.sqlite3", "secret.key"} <= {path.name for path in files}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []
