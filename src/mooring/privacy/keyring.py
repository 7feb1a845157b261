"""The keyring: one key per person, in a store of its own.

It is never inside the database nor its backup, so destroying a key makes that person's texts
unreadable everywhere at once, old copies included. A destroyed key leaves a tombstone: the person
can never be given a new key by accident. Nor does a keyring come to be by accident: only `make`
begins one, so that a file that is missing for a while is not replaced by an empty one.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


class KeyringUnusable(OSError):
    """The keyring as a whole is missing, locked, damaged or not writable; nothing was read or stored."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The keyring {path} {why}. Is MOORING_KEYRING the right file?")


class KeyDestroyed(KeyUnavailable):
    """The person's key was destroyed on purpose: their texts are erased."""

    def __init__(self, person: UUID) -> None:
        super().__init__(person, "was destroyed: their texts are erased and nothing can be added")


class Keyring:
    """Keys in one small SQLite file, newest first for each person (Fernet, rotation by MultiFernet)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    def make(self) -> None:
        """Begin a keyring where there is none, with the site's own key; one that is there stays as it is."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        with self._usable():
            self._connection().execute(
                "CREATE TABLE IF NOT EXISTS person_key (person TEXT PRIMARY KEY, keys TEXT NOT NULL,"
                " made_at TEXT NOT NULL, destroyed_at TEXT) WITHOUT ROWID"
            )
        self.create([SITE])

    def require(self) -> None:
        """Raises KeyringUnusable unless keys can be read; takes the file out of others' reach."""
        self._read(SITE)
        if self.path.stat().st_mode & 0o077:
            self.path.chmod(0o600)

    def cipher(self, person: UUID) -> MultiFernet:
        """The person's cipher; raises KeyUnavailable, KeyDestroyed or KeyringUnusable."""
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
        """The person's cipher, made on first use; raises KeyDestroyed, never replaces a destroyed key.

        Only for somebody who is new: where a key should be and is not, a second one would hide the loss.
        """
        if person not in self._ciphers() and self._read(person) is None:
            self.create([person])
        return self.cipher(person)

    def create(self, persons: Iterable[UUID]) -> None:
        """Give each person a key in one transaction; those who have or had one keep what they have."""
        now = datetime.now(UTC).isoformat()
        rows = [(str(person), Fernet.generate_key().decode(), now) for person in persons]
        with self._usable(), self._connection() as connection:
            connection.executemany(
                "INSERT INTO person_key (person, keys, made_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows
            )

    def missing(self, persons: Iterable[UUID]) -> int:
        """How many of these persons have no key here, and never had one: an older keyring lacks the newest."""
        with self._usable():
            known = {row[0] for row in self._connection().execute("SELECT person FROM person_key")}
        return sum(str(person) not in known for person in persons)

    def rotate(self, person: UUID) -> None:
        """Put a new key before the person's old ones; old texts stay readable until saved anew."""
        keys = self._read(person)
        if keys is None:
            raise KeyUnavailable(person, "is not in the keyring")
        if not keys:
            raise KeyDestroyed(person)
        together = " ".join([Fernet.generate_key().decode(), *keys])
        with self._usable(), self._connection() as connection:
            connection.execute("UPDATE person_key SET keys = ? WHERE person = ?", (together, str(person)))
        self._forget()

    def destroy(self, person: UUID) -> None:
        """Destroy the person's keys for good. Their texts are then unreadable, in every copy."""
        now = datetime.now(UTC).isoformat()
        with self._usable(), self._connection() as connection:
            connection.execute(
                "INSERT INTO person_key (person, keys, made_at, destroyed_at) VALUES (?, '', ?, ?)"
                " ON CONFLICT (person) DO UPDATE SET keys = '', destroyed_at = excluded.destroyed_at",
                (str(person), now, now),
            )
        self._forget()

    def destroyed(self) -> int:
        """How many keys were destroyed so far: who keeps opened texts in memory drops them when it rises."""
        self._ciphers()
        if self._local.destroyed is None:
            with self._usable():
                counted = self._connection().execute("SELECT count(*) FROM person_key WHERE keys = ''")
                self._local.destroyed = counted.fetchone()[0]
        count: int = self._local.destroyed
        return count

    def _read(self, person: UUID) -> list[str] | None:
        with self._usable():
            found = self._connection().execute("SELECT keys FROM person_key WHERE person = ?", (str(person),))
            row = found.fetchone()
        return None if row is None else row[0].split()

    def _ciphers(self) -> dict[UUID, MultiFernet]:
        """This thread's ciphers, forgotten as soon as any other connection changed the file."""
        with self._usable():
            version = self._connection().execute("PRAGMA data_version").fetchone()[0]
        if self._local.version != version:
            self._forget()
            self._local.version = version
        ciphers: dict[UUID, MultiFernet] = self._local.ciphers
        return ciphers

    def _forget(self) -> None:
        self._local.ciphers, self._local.destroyed = {}, None

    def _connection(self) -> sqlite3.Connection:
        # A forked process must not share its parent's file handle, and a file that was put in the old one's
        # place (a copy brought back) must be the one that is read and written.
        here = self._here()
        if getattr(self._local, "opened", None) != here:
            self._local.connection = self._open()
            self._local.opened, self._local.version = here, None
            self._forget()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _here(self) -> tuple[int, int, int]:
        try:
            file = os.stat(self.path)
        except OSError as error:
            raise KeyringUnusable(self.path, f"cannot be opened ({error.strerror})") from error
        return os.getpid(), file.st_dev, file.st_ino

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=20)
        # No write-ahead file and deleted bytes overwritten: a destroyed key leaves nothing on the disk
        # that SQLite controls.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise KeyringUnusable(self.path, f"cannot be used ({error})") from error


@cache
def _at(path: Path) -> Keyring:
    return Keyring(path)


def keyring() -> Keyring:
    """The keyring of this installation (setting MOORING_KEYRING)."""
    return _at(Path(settings.MOORING_KEYRING))
