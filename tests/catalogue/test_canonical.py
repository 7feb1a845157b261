"""A measure stored as JSON comes back as it was."""

import hashlib
import json
from dataclasses import replace

import pytest

from mooring.catalogue import CatalogueError, canonical, digest, from_json, keys, load


@pytest.mark.parametrize("key", keys())
def test_round_trip(key: str) -> None:
    assert from_json(canonical(load(key))) == load(key)
    assert canonical(from_json(canonical(load(key)))) == canonical(load(key))


def test_bytes_are_utf8_sorted_and_hashed() -> None:
    content = canonical(load("gad-7"))
    assert "Löwe".encode() in content
    assert (
        json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")) == content.decode()
    )
    assert digest(load("gad-7")) == hashlib.sha256(content).hexdigest()


def test_order_of_tables_does_not_matter_but_words_do() -> None:
    bank = load("distress")
    wording = bank.wording["en"]
    shuffled = replace(wording, items=dict(reversed(list(wording.items.items()))))
    assert digest(replace(bank, wording={"en": shuffled})) == digest(bank)
    reworded = replace(wording, items={**wording.items, "dis_sleep_1": "I slept badly."})
    assert digest(replace(bank, wording={"en": reworded})) != digest(bank)


def test_a_second_language_changes_the_digest() -> None:
    bank = load("distress")
    german = replace(bank.wording["en"], language="de")
    assert digest(replace(bank, wording={**bank.wording, "de": german})) != digest(bank)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "not JSON"),
        (b"[]", "a table is expected"),
        (b'{"key": "x"}', "version: missing"),
    ],
)
def test_what_is_no_measure_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        from_json(content)


def test_a_broken_stored_measure_is_refused() -> None:
    plain = json.loads(canonical(load("gad-7")))
    plain["scales"][0]["items"][0] = "gad7_99"
    with pytest.raises(CatalogueError, match="unknown 'gad7_99'"):
        from_json(json.dumps(plain).encode())
