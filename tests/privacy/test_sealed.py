"""Texts are readable with their person's key and in no other way."""

import shutil
import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction

from mooring.people.models import Client, Clinic
from mooring.privacy.keyring import KeyDestroyed, Keyring, KeyUnavailable, keyring
from mooring.privacy.sealed import is_readable
from mooring.relationships.models import Figure


@pytest.fixture
def sarah(clinic: Clinic) -> Client:
    made: Client = Client.objects.create(clinic=clinic, code="C-1", name="Sarah Lindqvist", first_name="Sarah")
    return made


def stored(client: Client, column: str = "name") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM people_client WHERE code = %s", [client.code])
        text: str = cursor.fetchone()[0]
    return text


def test_the_database_holds_no_readable_name(sarah: Client) -> None:
    assert "Sarah" not in stored(sarah)
    assert Client.objects.get(pk=sarah.pk).name == "Sarah Lindqvist"


def test_saving_again_keeps_what_was_not_touched(sarah: Client) -> None:
    before = stored(sarah, "first_name")
    client = Client.objects.get(pk=sarah.pk)
    client.name = "Sarah Lund"
    client.save()
    assert Client.objects.get(pk=sarah.pk).name == "Sarah Lund"
    assert stored(sarah, "first_name") == before


def test_update_does_not_write_plain_text(sarah: Client) -> None:
    with pytest.raises(FieldError, match="sealed"), transaction.atomic():
        Client.objects.filter(pk=sarah.pk).update(name="Sarah")
    assert Client.objects.get(pk=sarah.pk).name == "Sarah Lindqvist"


def test_bulk_update_does_not_write_plain_text(sarah: Client) -> None:
    sarah.name = "Someone else"
    with pytest.raises(FieldError, match="sealed"):
        Client.objects.bulk_update([sarah], ["name"])


@pytest.mark.parametrize("lookup", ["name", "name__icontains", "name__in", "name__gt"])
def test_names_cannot_be_compared_in_a_query(sarah: Client, lookup: str) -> None:
    with pytest.raises(FieldError, match="sealed"):
        list(Client.objects.filter(**{lookup: "Sarah"}))


@pytest.mark.parametrize("asked", [("name",), (), ("code", "first_name")])
def test_values_do_not_hand_out_sealed_columns(sarah: Client, asked: tuple[str, ...]) -> None:
    with pytest.raises(FieldError, match="sealed"):
        list(Client.objects.values(*asked))
    with pytest.raises(FieldError, match="sealed"):
        list(Client.objects.values_list(*asked))


def test_values_of_other_columns_are_fine(sarah: Client) -> None:
    assert list(Client.objects.values_list("code", flat=True)) == ["C-1"]


def test_bulk_create_seals(clinic: Clinic) -> None:
    Client.objects.bulk_create([Client(clinic=clinic, code="B-1", name="Bulk Name")])
    client = Client.objects.get(code="B-1")
    assert "Bulk" not in stored(client)
    assert client.name == "Bulk Name"


def test_a_figures_name_is_sealed_with_the_clients_key(sarah: Client) -> None:
    figure = Figure.objects.create(clinic=sarah.clinic, client=sarah, kind="partner", name="Daniel")
    keyring().destroy(sarah.pk)
    assert Figure.objects.get(pk=figure.pk).name == "[erased]"


def test_destroying_the_key_erases_here_and_in_a_copy_taken_before(
    sarah: Client, tmp_path: Path, settings: object
) -> None:
    backup = stored(sarah)
    ring_file = keyring().path
    keyring().destroy(sarah.pk)

    assert Client.objects.get(pk=sarah.pk).name == "[erased]"
    # The copy holds the same sealed text; no key that is left anywhere opens it.
    assert backup == stored(sarah)
    assert backup not in ring_file.read_bytes().decode(errors="replace")
    moved = shutil.copy(ring_file, tmp_path / "copy-of-the-keyring-taken-after")
    with pytest.raises(KeyDestroyed):
        Keyring(Path(moved)).cipher(sarah.pk)


def test_the_destroyed_key_is_not_left_in_the_file(sarah: Client) -> None:
    ring = keyring()
    with sqlite3.connect(ring.path) as peek:
        key = peek.execute("SELECT keys FROM person_key WHERE person = ?", (str(sarah.pk),)).fetchone()[0]
    assert key.encode() in ring.path.read_bytes()
    ring.destroy(sarah.pk)
    assert key.encode() not in ring.path.read_bytes()
    assert list(ring.path.parent.iterdir()) == [ring.path]


def test_a_destroyed_key_never_comes_back(sarah: Client) -> None:
    keyring().destroy(sarah.pk)
    sarah.name = "Again"
    with pytest.raises(KeyDestroyed):
        sarah.save()
    keyring().create([sarah.pk])
    with pytest.raises(KeyDestroyed):
        keyring().cipher(sarah.pk)


def test_another_process_notices_at_once(sarah: Client) -> None:
    assert Client.objects.get(pk=sarah.pk).name == "Sarah Lindqvist"
    Keyring(keyring().path).destroy(sarah.pk)  # a second handle stands for a second process
    assert Client.objects.get(pk=sarah.pk).name == "[erased]"


def test_rotation_keeps_old_texts_readable(sarah: Client) -> None:
    keyring().rotate(sarah.pk)
    client = Client.objects.get(pk=sarah.pk)
    assert client.name == "Sarah Lindqvist"
    client.first_name = "S."
    client.save()
    assert Client.objects.get(pk=sarah.pk).first_name == "S."


def test_an_erased_text_is_nothing_that_somebody_said_and_is_never_written(sarah: Client) -> None:
    keyring().destroy(sarah.pk)
    client = Client.objects.get(pk=sarah.pk)
    assert not is_readable(client.name)
    assert is_readable("[erased]")
    before = stored(sarah, "first_name")
    client.first_name = client.name
    with pytest.raises(KeyUnavailable), transaction.atomic():
        client.save()
    assert stored(sarah, "first_name") == before
    # What is not touched can be: an erased person's course can be ended, their row changed.
    client = Client.objects.get(pk=sarah.pk)
    client.pronouns = "they"
    client.save()
    assert stored(sarah, "first_name") == before


def test_keys_of_others_stay(sarah: Client) -> None:
    other = uuid4()
    token = keyring().cipher_for_writing(other).encrypt(b"kept")
    keyring().destroy(sarah.pk)
    assert keyring().cipher(other).decrypt(token) == b"kept"


def test_the_keyring_is_readable_by_its_owner_only(sarah: Client) -> None:
    assert keyring().path.stat().st_mode & 0o077 == 0
