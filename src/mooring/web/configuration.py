"""Reads the installation's settings from the environment. docs/configuration.md lists them all."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

SECRET_LENGTH = 32


class BadSetting(ValueError):
    """A setting that cannot be used: says which, what is wrong and what to write."""

    def __init__(self, name: str, wrong: str, mend: str) -> None:
        super().__init__(f"{name}: {wrong} {mend}")
        self.name = name


@dataclass(frozen=True)
class Configuration:
    """Everything about an installation that two installations may want differently."""

    data: Path
    keyring: Path
    database: dict[str, Any]
    origin: str
    email: dict[str, Any]
    mail_from: str
    secret_key: str


def read(environ: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration of this process; raises BadSetting."""
    data = Path(environ.get("MOORING_DATA", "mooring-data")).expanduser().absolute()
    keyring = (
        Path(environ.get("MOORING_KEYRING", str(data.parent / f"{data.name}-keyring" / "keyring.sqlite3")))
        .expanduser()
        .absolute()
    )
    # Resolved, since a link or a “..” leads there just as well.
    if keyring.resolve().is_relative_to(data.resolve()):
        raise BadSetting(
            "MOORING_KEYRING",
            "the keyring lies inside the data folder, so a backup of the data would contain the keys.",
            f"Choose a path outside {data}.",
        )
    return Configuration(
        data=data,
        keyring=keyring,
        database=_database(environ.get("MOORING_DATABASE", ""), data),
        origin=_origin(environ.get("MOORING_ORIGIN", "http://localhost:8000")),
        email=_email(environ.get("MOORING_SMTP", "")),
        mail_from=environ.get("MOORING_MAIL_FROM", "mooring@localhost"),
        secret_key=_secret(environ.get("MOORING_SECRET_KEY", "")) or _kept_secret(keyring.parent / "secret.key"),
    )


def _split(name: str, text: str) -> SplitResult:
    """The parts of an address; a port that is none is noticed here. The text may hold a password: it is not quoted."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise BadSetting(name, "this address cannot be read.", f"{error}.") from error
    return parts


def _secret(text: str) -> str:
    if text and len(text) < SECRET_LENGTH:
        raise BadSetting(
            "MOORING_SECRET_KEY",
            f"{len(text)} characters can be guessed, and whoever guesses them signs sessions.",
            f"Write at least {SECRET_LENGTH} random ones, or leave it out: then one is made.",
        )
    return text


def _origin(text: str) -> str:
    parts = _split("MOORING_ORIGIN", text)
    bare = parts._replace(scheme="", netloc="", path="").geturl() == "" and "@" not in parts.netloc
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or not bare:
        raise BadSetting("MOORING_ORIGIN", f"“{text}” is not an origin.", "Write it as https://clinic.example.")
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1"}:
        raise BadSetting(
            "MOORING_ORIGIN", "answers must not travel in the clear.", "Use https, or localhost for trying it out."
        )
    return text.rstrip("/")


def _database(text: str, data: Path) -> dict[str, Any]:
    if not text:
        return sqlite(data / "mooring.sqlite3")
    parts = _split("MOORING_DATABASE", text)
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise BadSetting(
            "MOORING_DATABASE",
            "this is not a PostgreSQL address.",
            "Write postgresql://user:password@host:5432/name, or leave it empty for the embedded SQLite.",
        )
    socket = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(socket.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """The embedded database: write-ahead log, immediate transactions, full durability."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Deferred transactions that turn into writes fail at once when another writes; immediate ones wait.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728;"
                "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
                # Without it a REPLACE deletes rows behind the back of the triggers that refuse deletion.
                "PRAGMA recursive_triggers=ON;"
            ),
        },
    }


def _email(text: str) -> dict[str, Any]:
    if not text:
        # No mail: invitations are handed over as links, and nothing pretends to have been sent.
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = _split("MOORING_SMTP", text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadSetting("MOORING_SMTP", "this is not a mail server's address.", "Write smtp://user:password@host:587.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def _kept_secret(path: Path) -> str:
    """The secret that signs sessions: made once, kept beside the keyring, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.is_file() or not path.read_text().strip():
        _make_secret(path)
    return path.read_text().strip()


def _make_secret(path: Path) -> None:
    """Whole or not at all, and the first of two processes wins. A file that was left empty is written anew."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    if path.is_file() and not path.read_text().strip():
        fresh.replace(path)
        return
    with suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()
