"""A clinic's own questionnaire: begun, decided, published once, by whoever may, with its licence and its record."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from mooring.catalogue import CatalogueError, load
from mooring.catalogue.forms.read import Wanted
from mooring.checkins.submit import Answered, BlockAnswers, submit
from mooring.checkins.weekly import RiskItemRefused
from mooring.instruments.deciding import (
    BLIND,
    EXAMPLES,
    ITEMS,
    MEASURE,
    PUBLISH,
    NotDecided,
    decide,
    leave_unscored,
    state,
)
from mooring.instruments.models import InstrumentVersion, LicenceAttestation, MeasureDraft
from mooring.instruments.own import form_named, forms_of, own_measures
from mooring.instruments.publish_form import StillDiffers, publish_draft
from mooring.instruments.upload import give_up, upload
from mooring.people.models import Clinic
from mooring.privacy.models import AccessEntry
from tests.cast import People, Person
from tests.instruments.bringing import OWN, begun, decided, published


def test_a_refused_file_leaves_nothing(people: People, clinic: Clinic, now: datetime) -> None:
    with pytest.raises(CatalogueError, match=r"calm\.json: line 1"):
        upload(clinic, b"{", "calm.json", Wanted(), by=people.alice, at=now)
    assert not MeasureDraft.objects.exists()
    assert not AccessEntry.objects.exists()


def test_published_with_version_attestation_and_audit(people: People, clinic: Clinic, now: datetime) -> None:
    version = published(people.alice, clinic)
    measure = version.instrument
    assert (version.clinic, version.key, version.version) == (clinic, "harbour-calm", 1)
    assert measure.kind == "form"
    assert measure.licence == "Our own work."
    attestation = version.attestation
    assert (attestation.by, attestation.words, attestation.terms) == (people.alice, "I attest.", "Our own work.")
    assert attestation.at.isoformat() == "2026-05-13T18:51:00+00:00"
    assert not MeasureDraft.objects.exists()
    entries = {entry.action: entry for entry in AccessEntry.objects.all()}
    assert set(entries) == {"upload-measure", "publish-measure"}
    assert entries["publish-measure"].detail["key"] == "harbour-calm"
    assert entries["publish-measure"].clinic == clinic.pk


def test_sent_twice_it_is_published_once(people: People, clinic: Clinic, now: datetime) -> None:
    draft = decided(begun(people.alice, clinic))
    again = MeasureDraft.objects.get(pk=draft.pk)
    first = publish_draft(draft, by=people.alice, at=now)
    assert publish_draft(again, by=people.alice, at=now) == first
    assert InstrumentVersion.objects.filter(clinic=clinic).count() == 1
    assert LicenceAttestation.objects.count() == 1


def test_brought_again_it_becomes_the_next_version(people: People, clinic: Clinic) -> None:
    assert published(people.alice, clinic).version == 1
    assert published(people.olga, clinic).version == 2
    assert [row.version for row in forms_of(clinic)] == [2]


def test_two_clinics_may_use_the_same_name(people: People, clinic: Clinic, other_clinic: Clinic) -> None:
    published(people.alice, clinic)
    assert published(people.dana, other_clinic).version == 1
    assert [row.clinic for row in forms_of(other_clinic)] == [other_clinic]


def test_a_step_left_out_is_named(people: People, clinic: Clinic, now: datetime) -> None:
    draft = begun(people.alice, clinic)
    decide(draft, MEASURE, OWN[MEASURE])
    with pytest.raises(NotDecided) as missing:
        publish_draft(draft, by=people.alice, at=now)
    assert missing.value.step == ITEMS
    assert not InstrumentVersion.objects.filter(clinic=clinic).exists()


def test_marks_that_differ_publish_nothing(people: People, clinic: Clinic, now: datetime) -> None:
    draft = decided(begun(people.alice, clinic))
    decide(draft, BLIND, {**OWN[BLIND], "reversed": ["wind"]})
    decide(draft, EXAMPLES, OWN[EXAMPLES])
    assert [one.code for one in state(draft).differences] == ["knots"]
    with pytest.raises(StillDiffers):
        publish_draft(draft, by=people.alice, at=now)
    after = leave_unscored(draft, "It could not be settled.")
    assert after.next_step == PUBLISH
    measure = publish_draft(draft, by=people.alice, at=now).instrument
    assert measure.unscored == "It could not be settled."
    assert measure.scales == ()


def test_another_decision_takes_back_what_rested_on_it(people: People, clinic: Clinic) -> None:
    draft = decided(begun(people.alice, clinic))
    decide(draft, MEASURE, OWN[MEASURE])
    assert state(draft).next_step == PUBLISH
    decide(draft, BLIND, {**OWN[BLIND], "reversed": []})
    assert state(draft).next_step == EXAMPLES
    decide(draft, MEASURE, {**OWN[MEASURE], "scoring": "none", "unscored": "Why."})
    assert state(draft).next_step == ITEMS
    assert "licence" in draft.decisions


def test_given_up_it_is_forgotten(people: People, clinic: Clinic, now: datetime) -> None:
    draft = begun(people.alice, clinic)
    give_up(draft, by=people.alice, at=now)
    give_up(draft, by=people.alice, at=now)
    assert not MeasureDraft.objects.exists()
    assert AccessEntry.objects.filter(action="give-up-measure").count() == 1


def harmful(people: People, clinic: Clinic) -> InstrumentVersion:
    blind = {"harm": ["wind"], "before": "Nobody is watching."}
    return published(people.alice, clinic, **{BLIND: blind})


def test_a_question_about_harm_is_a_risk_item_and_cannot_be_asked(sarah: Person, people: People, now: datetime) -> None:
    version = harmful(people, sarah.client.clinic)
    assert [item.code for item in version.instrument.risk_items] == ["wind"]
    answers = BlockAnswers(version, None, "en", ("rest",), {"rest": 1})
    with pytest.raises(RiskItemRefused, match="harbour-calm"):
        submit(sarah.participation, Answered(uuid4(), now, "UTC", [answers]), by=sarah.user, at=now)


def test_answers_to_an_own_measure_are_scored(sarah: Person, people: People, now: datetime) -> None:
    version = published(people.alice, sarah.client.clinic)
    given = {"rest": 1, "wind": 0, "ropes": 3, "knots": 2}
    answers = BlockAnswers(version, None, "en", tuple(given), given)
    submit(sarah.participation, Answered(uuid4(), now, "UTC", [answers]), by=sarah.user, at=now)
    series = sarah.participation.series.get(instrument_key="harbour-calm")
    assert [point["score"] for point in series.points] == [2.0]
    assert series.precision == "none"


def test_another_clinics_measure_is_refused(sarah: Person, people: People, other_clinic: Clinic, now: datetime) -> None:
    version = published(people.dana, other_clinic)
    answers = BlockAnswers(version, None, "en", ("rest",), {"rest": 1})
    with pytest.raises(ValueError, match="belongs to another clinic"):
        submit(sarah.participation, Answered(uuid4(), now, "UTC", [answers]), by=sarah.user, at=now)


def test_it_is_found_by_its_name(people: People, clinic: Clinic, other_clinic: Clinic) -> None:
    version = published(people.alice, clinic)
    assert form_named(clinic, "harbour-calm") == version
    assert form_named(other_clinic, "harbour-calm") is None
    assert own_measures(clinic, ["harbour-calm", "phq-9"]) == {"harbour-calm": version.instrument}


def test_by_a_key_it_keeps_the_keys_borders_and_its_risk_item(people: People, clinic: Clinic, now: datetime) -> None:
    key = load("phq-9")
    rows = "\n".join(f"{n},Made up statement {n}.,0,3,a|b|c|d" for n in range(1, 10))
    draft = upload(clinic, f"number,text,min,max,labels\n{rows}".encode(), "f.csv", Wanted(), by=people.alice, at=now)
    steps: dict[str, dict[str, Any]] = {
        **OWN,
        MEASURE: {"title": "Our sheet", "key": "our-sheet", "scoring": "key", "of": "phq-9", "unscored": ""},
        ITEMS: {"places": {str(n): n for n in range(1, 10)}, "out": [], "scales": [], "compared": "the paper of 2001"},
        BLIND: {"reversed": [], "harm": ["9"], "before": "Nobody is watching.", "agreed_at_first": True},
        EXAMPLES: {"confirmed": True},
    }
    for step, given in steps.items():
        decide(draft, step, given)
    measure = publish_draft(draft, by=people.alice, at=now).instrument
    assert measure.scale("total") == replace(key.scale("total"))
    assert measure.of == "phq-9 v1"
    assert "The order of the items was compared with: the paper of 2001" in measure.notes
    assert [item.code for item in measure.risk_items] == ["phq9_9"]
