"""A keyring that is missing, damaged, locked, older or not writable is said, and never hides behind a new one."""

import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from mooring.people.models import Client, Clinic
from mooring.privacy.keyring import SITE, KeyDestroyed, Keyring, KeyringUnusable, KeyUnavailable, keyring
from mooring.relationships.models import Figure


@pytest.fixture
def sarah(clinic: Clinic) -> Client:
    made: Client = Client.objects.create(clinic=clinic, code="C-1", name="Sarah Lindqvist", first_name="Sarah")
    return made


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    made = Keyring(tmp_path / "ring" / "keyring.sqlite3")
    made.make()
    return made


def name_of(client: Client) -> str:
    return str(Client.objects.get(pk=client.pk).name)


def test_a_missing_keyring_is_named_and_not_begun_anew(sarah: Client, tmp_path: Path) -> None:
    away = keyring().path.rename(tmp_path / "away")
    with pytest.raises(KeyringUnusable, match="MOORING_KEYRING"):
        name_of(sarah)
    with pytest.raises(KeyringUnusable), transaction.atomic():
        Figure.objects.create(clinic=sarah.clinic, client=sarah, kind="partner", name="Daniel")
    assert not keyring().path.exists()
    away.rename(keyring().path)
    assert name_of(sarah) == "Sarah Lindqvist"


@pytest.mark.parametrize("content", [b"", b"not a keyring at all" * 400, b"SQLite format 3\x00" + bytes(4000)])
def test_a_damaged_keyring_is_said(sarah: Client, content: bytes) -> None:
    keyring().path.unlink()
    keyring().path.write_bytes(content)
    with pytest.raises(KeyringUnusable, match="cannot be used"):
        name_of(sarah)
    with pytest.raises(KeyringUnusable, match="cannot be used"):
        keyring().create([uuid4()])
    with pytest.raises(KeyringUnusable):
        keyring().require()


def test_somebody_who_is_known_gets_no_second_key(sarah: Client) -> None:
    """An older copy of the keyring lacks who joined later: a new key would hide that, and lock the old texts out."""
    with sqlite3.connect(keyring().path) as older:
        older.execute("DELETE FROM person_key WHERE person = ?", (str(sarah.pk),))
    assert name_of(sarah) == "[cannot be read]"
    with pytest.raises(KeyUnavailable), transaction.atomic():
        Figure.objects.create(clinic=sarah.clinic, client=sarah, kind="partner", name="Daniel")
    client = Client.objects.get(pk=sarah.pk)
    client.first_name = "S."
    with pytest.raises(KeyUnavailable), transaction.atomic():
        client.save()
    assert keyring().missing([sarah.pk, SITE]) == 1


def test_a_text_under_another_key_is_not_readable_and_not_overwritten(sarah: Client) -> None:
    with sqlite3.connect(keyring().path) as other:
        other.execute("DELETE FROM person_key WHERE person = ?", (str(sarah.pk),))
    keyring().create([sarah.pk])
    client = Client.objects.get(pk=sarah.pk)
    assert client.name == "[cannot be read]"
    client.name = client.name
    with pytest.raises(KeyUnavailable), transaction.atomic():
        client.save()


def test_a_copy_brought_back_is_the_one_that_is_read_and_written(ring: Keyring, tmp_path: Path) -> None:
    old, new = uuid4(), uuid4()
    ring.create([old])
    copy = shutil.copy(ring.path, tmp_path / "copy")
    ring.create([new])
    os.replace(copy, ring.path)  # as a restore does: another file in the same place
    with pytest.raises(KeyUnavailable):
        ring.cipher(new)
    ring.create([new])
    assert Keyring(ring.path).cipher(new).decrypt(ring.cipher(new).encrypt(b"kept")) == b"kept"


def test_a_locked_keyring_is_said(ring: Keyring) -> None:
    holder = sqlite3.connect(ring.path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    ring._connection().execute("PRAGMA busy_timeout = 50")
    with pytest.raises(KeyringUnusable, match="locked"):
        ring.create([uuid4()])
    with pytest.raises(KeyringUnusable, match="locked"):
        ring.cipher(uuid4())
    holder.execute("ROLLBACK")
    ring.create([uuid4()])


def test_one_that_others_can_read_is_closed_to_them(ring: Keyring) -> None:
    ring.path.chmod(0o644)
    ring.require()
    assert ring.path.stat().st_mode & 0o077 == 0


def test_beginning_again_keeps_what_is_there(ring: Keyring) -> None:
    person = uuid4()
    ring.create([person])
    token = ring.cipher(person).encrypt(b"kept")
    ring.make()
    assert Keyring(ring.path).cipher(person).decrypt(token) == b"kept"


def test_many_at_once_give_one_key(ring: Keyring) -> None:
    person = uuid4()

    def sealed(_: int) -> bytes:
        return ring.cipher_for_writing(person).encrypt(b"kept")

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(sealed, range(40)))
    assert {Keyring(ring.path).cipher(person).decrypt(token) for token in tokens} == {b"kept"}


def _in_a_fork(path: Path, person: UUID, answer: object) -> None:
    ring = keyring()
    answer.put((ring.path == path, ring.cipher(person).encrypt(b"kept")))  # type: ignore[attr-defined]


def test_a_forked_process_opens_the_file_anew(sarah: Client) -> None:
    keyring().cipher(sarah.pk)
    context = get_context("fork")
    answer = context.Queue()
    child = context.Process(target=_in_a_fork, args=(keyring().path, sarah.pk, answer))
    child.start()
    same, token = answer.get(timeout=30)
    child.join(timeout=30)
    assert same
    assert keyring().cipher(sarah.pk).decrypt(token) == b"kept"
    keyring().destroy(sarah.pk)
    with pytest.raises(KeyDestroyed):
        keyring().cipher(sarah.pk)


def test_who_keeps_texts_in_memory_learns_of_a_destroyed_key(ring: Keyring) -> None:
    person = uuid4()
    ring.create([person])
    assert ring.destroyed() == 0
    Keyring(ring.path).destroy(person)  # a second handle stands for a second process
    assert ring.destroyed() == 1
    ring.destroy(uuid4())
    assert ring.destroyed() == 2
