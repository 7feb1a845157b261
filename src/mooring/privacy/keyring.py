"""The keyring: one key per person, in a store of its own.

It is never inside the database nor its backup, so destroying a key makes that person's texts
unreadable everywhere at once, old copies included. A destroyed key leaves a tombstone: the person
can never be given a new key by accident.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

# Secrets of the site itself (second factors) are sealed under this name.
SITE = UUID(int=0)


class KeyUnavailable(Exception):
    """The person's key is not in the keyring, so their texts cannot be read."""

    def __init__(self, person: UUID, why: str) -> None:
        super().__init__(f"The key of {person} {why}.")
        self.person = person


class KeyDestroyed(KeyUnavailable):
    """The person's key was destroyed on purpose: their texts are erased."""

    def __init__(self, person: UUID) -> None:
        super().__init__(person, "was destroyed: their texts are erased and nothing can be added")


class Keyring:
    """Keys in one small SQLite file, newest first for each person (Fernet, rotation by MultiFernet)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    def cipher(self, person: UUID) -> MultiFernet:
        """The person's cipher; raises KeyUnavailable or KeyDestroyed."""
        ciphers = self._ciphers()
        found = ciphers.get(person)
        if found is None:
            keys = self._read(person)
            if keys is None:
                raise KeyUnavailable(person, "is not in the keyring; is MOORING_KEYRING the right file?")
            if not keys:
                raise KeyDestroyed(person)
            found = ciphers[person] = MultiFernet([Fernet(key) for key in keys])
        return found

    def cipher_for_writing(self, person: UUID) -> MultiFernet:
        """The person's cipher, made on first use; raises KeyDestroyed, never replaces a destroyed key."""
        if person not in self._ciphers() and self._read(person) is None:
            self.create([person])
        return self.cipher(person)

    def create(self, persons: Iterable[UUID]) -> None:
        """Give each person a key in one transaction; those who have or had one keep what they have."""
        now = datetime.now(UTC).isoformat()
        rows = [(str(person), Fernet.generate_key().decode(), now) for person in persons]
        connection = self._connection()
        with connection:
            connection.executemany(
                "INSERT INTO person_key (person, keys, made_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows
            )

    def rotate(self, person: UUID) -> None:
        """Put a new key before the person's old ones; old texts stay readable until saved anew."""
        keys = self._read(person)
        if keys is None:
            raise KeyUnavailable(person, "is not in the keyring")
        if not keys:
            raise KeyDestroyed(person)
        together = " ".join([Fernet.generate_key().decode(), *keys])
        connection = self._connection()
        with connection:
            connection.execute("UPDATE person_key SET keys = ? WHERE person = ?", (together, str(person)))
        self._ciphers().clear()

    def destroy(self, person: UUID) -> None:
        """Destroy the person's keys for good. Their texts are then unreadable, in every copy."""
        now = datetime.now(UTC).isoformat()
        connection = self._connection()
        with connection:
            connection.execute(
                "INSERT INTO person_key (person, keys, made_at, destroyed_at) VALUES (?, '', ?, ?)"
                " ON CONFLICT (person) DO UPDATE SET keys = '', destroyed_at = excluded.destroyed_at",
                (str(person), now, now),
            )
        self._ciphers().clear()

    def _read(self, person: UUID) -> list[str] | None:
        row = self._connection().execute("SELECT keys FROM person_key WHERE person = ?", (str(person),)).fetchone()
        return None if row is None else row[0].split()

    def _ciphers(self) -> dict[UUID, MultiFernet]:
        """This thread's ciphers, forgotten as soon as any other connection changed the file."""
        connection = self._connection()
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if getattr(self._local, "version", None) != version:
            self._local.version = version
            self._local.ciphers = {}
        ciphers: dict[UUID, MultiFernet] = self._local.ciphers
        return ciphers

    def _connection(self) -> sqlite3.Connection:
        # A forked process must not share its parent's file handle.
        if getattr(self._local, "process", None) != os.getpid():
            self._local.process = os.getpid()
            self._local.version = None
            self._local.connection = self._open()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        connection = sqlite3.connect(self.path, timeout=20)
        # No write-ahead file and deleted bytes overwritten: a destroyed key leaves nothing on the disk
        # that SQLite controls.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS person_key (person TEXT PRIMARY KEY, keys TEXT NOT NULL,"
            " made_at TEXT NOT NULL, destroyed_at TEXT) WITHOUT ROWID"
        )
        return connection


@cache
def _at(path: Path) -> Keyring:
    return Keyring(path)


def keyring() -> Keyring:
    """The keyring of this installation (setting MOORING_KEYRING)."""
    return _at(Path(settings.MOORING_KEYRING))
