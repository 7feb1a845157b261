"""A small made-up measure, begun and published, for tests of every page."""

from typing import Any

from django.utils import timezone

from mooring.catalogue.forms.read import Wanted
from mooring.instruments.deciding import BLIND, EXAMPLES, ITEMS, LICENCE, MEASURE, decide
from mooring.instruments.models import InstrumentVersion, MeasureDraft
from mooring.instruments.publish_form import publish_draft
from mooring.instruments.upload import upload
from mooring.people.models import Clinic, User
from tests.catalogue.forms import made_up

OWN: dict[str, dict[str, Any]] = {
    MEASURE: {"title": "Harbour calm", "key": "harbour-calm", "scoring": "own", "of": "", "unscored": ""},
    ITEMS: {
        "places": {},
        "out": [],
        "scales": [
            {"title": "Calm", "score": "mean", "direction": "better", "items": list(made_up.CODES), "share": 1.0}
        ],
    },
    LICENCE: {"terms": "Our own work.", "words": "I attest.", "at": "2026-05-13T18:51:00+00:00"},
    BLIND: {"reversed": list(made_up.TURNED), "harm": [], "before": "", "agreed_at_first": True},
    EXAMPLES: {
        "example": {
            "name": "worked_by_hand", "form": "full", "answers": [1, 0, 3, 2], "scores": {"calm": 2.0}, "how": "",
        }
    },
}  # fmt: skip


def begun(user: User, clinic: Clinic, name: str = "table") -> MeasureDraft:
    file, data = made_up.FILES[name]
    return upload(clinic, data, file, Wanted(), by=user, at=timezone.now())


def decided(draft: MeasureDraft, **instead: dict[str, Any]) -> MeasureDraft:
    """Everything decided, in the order of the pages; `instead` changes single steps."""
    for step, given in OWN.items():
        decide(draft, step, {**given, **instead.get(step, {})})
    return draft


def published(user: User, clinic: Clinic, **instead: dict[str, Any]) -> InstrumentVersion:
    return publish_draft(decided(begun(user, clinic), **instead), by=user, at=timezone.now())
