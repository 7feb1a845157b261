"""The pages that bring a measure: whose they are, what they refuse, and that whatever a file says stays text."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mooring.catalogue.forms import limits
from mooring.instruments.deciding import BLIND, EXAMPLES, ITEMS, LICENCE, MEASURE, decide
from mooring.instruments.models import InstrumentVersion, MeasureDraft
from mooring.people.models import Clinic
from mooring.privacy.models import AccessEntry
from tests.cast import People
from tests.catalogue.forms import made_up
from tests.instruments.bringing import OWN, begun, decided, published
from tests.web.test_hostile_words import WORDS, harmless

SignIn = Callable[[Any], Any]
STEPS = ("measure", "items", "licence", "wording", "examples", "publish")


def page(name: str, **parts: Any) -> str:
    return reverse(f"instruments:{name}", kwargs=parts)


def file(data: bytes, name: str = "calm.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, data)}


@pytest.mark.parametrize("who", ["bob", "olga", "dana", "charlie", "gil"])
def test_a_draft_is_its_makers_alone(who: str, people: People, clinic: Clinic, sign_in: SignIn) -> None:
    draft = decided(begun(people.alice, clinic))
    browser = sign_in(getattr(people, who))
    for step in (*STEPS, "give_up"):
        assert browser.post(page(step, draft=draft.pk)).status_code == 404, step
    assert MeasureDraft.objects.count() == 1
    assert not InstrumentVersion.objects.filter(clinic=clinic).exists()


def test_who_left_the_clinic_loses_the_draft(people: People, clinic: Clinic, sign_in: SignIn) -> None:
    draft = begun(people.alice, clinic)
    people.alice.memberships.update(until=people.alice.memberships.get().since)
    assert sign_in(people.alice).get(page("measure", draft=draft.pk)).status_code == 404


def test_another_clinics_measure_is_not_there(
    people: People, clinic: Clinic, other_clinic: Clinic, sign_in: SignIn
) -> None:
    version = published(people.dana, other_clinic)
    for name in ("version", "export"):
        assert sign_in(people.alice).get(page(name, version=version.pk)).status_code == 404
        assert sign_in(people.dana).get(page(name, version=version.pk)).status_code == 200
    assert "Harbour calm" not in sign_in(people.alice).get(page("measures")).content.decode()


def test_an_administrator_comes_to_the_measures_and_sees_no_caseload(people: People, sign_in: SignIn) -> None:
    browser = sign_in(people.olga)
    assert browser.get(reverse("front"))["Location"] == page("measures")
    assert reverse("caseload:caseload") not in browser.get(page("measures")).content.decode()


def test_a_step_cannot_be_jumped_over(people: People, clinic: Clinic, sign_in: SignIn) -> None:
    draft = begun(people.alice, clinic)
    browser = sign_in(people.alice)
    for step in STEPS[1:]:
        answer = browser.post(page(step, draft=draft.pk))
        assert answer["Location"] == page("measure", draft=draft.pk), step
    decide(draft, MEASURE, OWN[MEASURE])
    assert browser.get(page("publish", draft=draft.pk))["Location"] == page("items", draft=draft.pk)


def test_the_last_page_sent_twice_leads_to_one_measure(people: People, clinic: Clinic, sign_in: SignIn) -> None:
    draft = decided(begun(people.alice, clinic))
    browser = sign_in(people.alice)
    first, second = (browser.post(page("publish", draft=draft.pk)) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert InstrumentVersion.objects.filter(clinic=clinic).count() == 1


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"{", "a.json", "line 1, column 2"),
        (b"number,text,min,max\n1,A,0,NaN\n", "a.csv", "line 2, max"),
        (made_up.zipped({"../x": "y"}), "a.zip", "leads out of the zip"),
        (b"", "a.csv", "This file is empty."),
        (b"x" * (limits.FILE + 10), "a.csv", "900,000"),
    ],
)
def test_a_refused_file_leaves_nothing(
    data: bytes, name: str, said: str, people: People, clinic: Clinic, sign_in: SignIn
) -> None:
    answer = sign_in(people.alice).post(page("add"), file(data, name))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not MeasureDraft.objects.exists()


def test_a_file_beyond_a_page_is_not_read(people: People, sign_in: SignIn) -> None:
    assert sign_in(people.alice).post(page("add"), file(b"x" * 1_100_000)).status_code == 413


def test_an_export_is_noted(people: People, clinic: Clinic, sign_in: SignIn) -> None:
    version = published(people.alice, clinic)
    answer = sign_in(people.olga).get(page("export", version=version.pk))
    assert answer["Content-Type"].startswith("application/fhir+json")
    assert answer["Content-Disposition"] == 'attachment; filename="harbour-calm-v1.json"'
    entry = AccessEntry.objects.get(action="export-measure")
    assert (entry.actor, entry.detail) == (people.olga.pk, {"key": "harbour-calm", "version": 1})


@pytest.mark.parametrize(
    ("key", "said"), [("phq-9", "Mooring itself uses this name"), ("---", "Use small letters"), ("A B", "valid")]
)
def test_a_short_name_that_cannot_be(key: str, said: str, people: People, clinic: Clinic, sign_in: SignIn) -> None:
    draft = begun(people.alice, clinic)
    answer = sign_in(people.alice).post(
        page("measure", draft=draft.pk), {"title": "A", "key": key, "scoring": "none", "of": ""}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_harm_is_asked_outright_and_has_to_agree_with_the_ticks(
    people: People, clinic: Clinic, sign_in: SignIn
) -> None:
    draft = begun(people.alice, clinic)
    for step in (MEASURE, ITEMS, LICENCE):
        decide(draft, step, OWN[step])
    browser, address = sign_in(people.alice), page("wording", draft=draft.pk)
    for given, said in (
        ({}, "Please answer this"),
        ({"any_harm": "yes"}, "Tick the questions that do."),
        ({"any_harm": "no", "harm_2": "on"}, "say yes, or take the ticks away"),
        ({"any_harm": "yes", "harm_2": "on", "before": " "}, "Say that nobody is watching"),
    ):
        answer = browser.post(address, given)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert BLIND not in MeasureDraft.objects.get().decisions


def test_an_order_that_nobody_can_confirm_ends_without_a_score(people: People, clinic: Clinic, sign_in: SignIn) -> None:
    draft = begun(people.alice, clinic)
    decide(draft, MEASURE, {**OWN[MEASURE], "scoring": "key", "of": "csi-4"})
    browser = sign_in(people.alice)
    browser.post(page("items", draft=draft.pk), {"unsure": "yes"})
    assert MeasureDraft.objects.get().decisions[MEASURE]["scoring"] == "none"
    kept = {f"q_{n}": "asked" for n in range(1, 5)}
    assert browser.post(page("items", draft=draft.pk), kept)["Location"] == page("licence", draft=draft.pk)
    decide(draft, LICENCE, OWN[LICENCE])
    browser.post(page("wording", draft=draft.pk), {"any_harm": "no"})
    answer = browser.post(page("publish", draft=draft.pk), follow=True)
    assert "The order of its items could not be confirmed." in answer.content.decode()
    assert InstrumentVersion.objects.get(clinic=clinic).instrument.unscored


@pytest.mark.parametrize("name", WORDS)
def test_hostile_words_stay_text(name: str, people: People, clinic: Clinic, sign_in: SignIn) -> None:
    words = WORDS[name]
    plain = "".join(letter for letter in words if letter not in "{}")
    resource = made_up.fhir()
    resource["title"], resource["copyright"] = words[:100], words
    for question in resource["item"][0]["item"]:
        question["text"] = plain
        question["answerOption"] = [made_up.option(v, f"{words[:60]} {v}") for v in range(4)]
    resource["item"][0]["text"] = words
    resource["item"][1]["text"] = words
    browser = sign_in(people.alice)
    browser.post(page("add"), file(made_up.as_bytes(resource), f"{words[:40]}.json"))
    draft = MeasureDraft.objects.get()
    for step in (MEASURE, ITEMS, LICENCE, BLIND, EXAMPLES):
        given = dict(OWN[step])
        if step == MEASURE:
            given["title"] = words[:100]
        if step == ITEMS:
            given["scales"] = [{**OWN[ITEMS]["scales"][0], "title": words[:60]}]
        if step == LICENCE:
            given |= {"terms": words, "words": words}
        if step == EXAMPLES:
            given = {"example": None}
        harmless(browser.get(page(step, draft=draft.pk)))
        harmless(browser.post(page(step, draft=draft.pk), {"title": words, "terms": words, "compared": words}))
        decide(draft, step, given)
    harmless(browser.get(page("publish", draft=draft.pk)))
    harmless(browser.get(page("measures")))
    harmless(browser.post(page("publish", draft=draft.pk), follow=True))
    harmless(browser.get(page("measures")))
    harmless(browser.post(page("add"), file(b"{" + words.encode(), f"{words[:40]}.json")))
