"""`mooring measure`: says what is missing, publishes when all is said, and writes any measure as FHIR."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from mooring.catalogue import CatalogueError, load
from mooring.catalogue.forms import r4
from mooring.cli import app
from mooring.instruments import bring as bringing
from mooring.instruments.models import InstrumentVersion, LicenceAttestation, MeasureDraft
from mooring.instruments.options import Bringing
from mooring.kit.refused import Refused
from mooring.people.models import Clinic
from tests.cast import People
from tests.catalogue.forms import made_up

WHOLE: dict[str, Any] = {
    "by": "alice@example.org",
    "key": "harbour-calm",
    "scale": ("Calm=better",),
    "turned": "wind,knots",
    "harm": "none",
    "example": ("Calm=2",),
    "terms": "Our own work.",
    "attest": True,
}


class Command:
    def __init__(self, clinic: Clinic, room: Path) -> None:
        self.clinic, self.room, self.said = clinic, room, ""

    def __call__(self, name: str, **said: Any) -> InstrumentVersion | None:
        file, data = made_up.FILES[name]
        path = self.room / file
        path.write_bytes(data)
        console = Console(file=StringIO(), width=200)
        try:
            return bringing.bring(Bringing(file=path, clinic=str(self.clinic.pk), **{**WHOLE, **said}), console)
        finally:
            self.said = console.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
def bring(clinic: Clinic, people: People, tmp_path: Path) -> Command:
    return Command(clinic, tmp_path)


@pytest.mark.parametrize("name", made_up.FILES)
def test_every_format_is_published_with_its_attestation(name: str, bring: Command, people: People) -> None:
    version = bring(name)
    assert version is not None
    assert version.instrument.scale("calm").direction == "better"
    assert version.attestation.by == people.alice
    assert "I attest for Quayside Practice" in version.attestation.words
    assert not MeasureDraft.objects.exists()


def test_what_is_not_said_is_asked_with_its_option(bring: Command) -> None:
    with pytest.raises(Refused) as refused:
        bring("fhir", scale=(), turned="", harm="", terms="")
    for option in ("--scale", "--turned", "--harm", "--terms"):
        assert option in str(refused.value)
    assert "The file describes: Calm." in str(refused.value)
    assert not InstrumentVersion.objects.filter(clinic=bring.clinic).exists()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"turned": "wind"}, "knots  I checked the knots again and again.: it is turned there"),
        ({"turned": "wind,rest,knots"}, "rest  I slept through the storm.: you marked it as turned"),
        ({"example": ()}, "nobody has worked this example by hand yet. Add --example 'Calm=SCORE'"),
        ({"example": ("Calm=3",)}, "of calm the form gives another score than yours"),
        ({"example": ("Calm=much",)}, "this is no score of a scale"),
        ({"attest": False}, "nobody attested this yet"),
        ({"turned": "sail"}, "--turned sail: there is no such question"),
        ({"scale": ("Calm=up",)}, "--scale Calm=up: this is no scale"),
        ({"scale": ("Calm=sum,better:sail",)}, "there is no such question"),
        ({"by": "dana@example.org"}, "no clinician or administrator"),
        ({"key": "phq-9"}, "a short name that Mooring itself does not use"),
        ({"of": "gad-7", "compared": "x"}, "Item 5 of the key has no question."),
        ({"of": "gad-7", "compared": "x", "order": "backwards"}, "gad-7 has no such order"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(bring: Command, said: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        bring("fhir", **said)
    assert wrong in str(refused.value)
    assert not InstrumentVersion.objects.filter(clinic=bring.clinic).exists()
    assert not LicenceAttestation.objects.exists()


def test_the_example_is_shown_before_it_is_asked_for(bring: Command) -> None:
    with pytest.raises(Refused):
        bring("fhir", example=())
    assert "I slept through the storm.  →  Sometimes" in bring.said


def test_a_look_keeps_nothing(bring: Command) -> None:
    assert bring("redcap", dry_run=True, turned="") is None
    assert "more  left out: free text" in bring.said
    assert "--turned" in bring.said
    assert not InstrumentVersion.objects.filter(clinic=bring.clinic).exists()


def test_without_a_score_it_says_why(bring: Command) -> None:
    version = bring("table", unscored="The order is not known.", scale=(), turned="", example=())
    assert version is not None
    assert version.instrument.unscored == "The order is not known."


def test_a_hostile_file_is_refused_with_its_place(bring: Command, tmp_path: Path) -> None:
    path = tmp_path / "evil.json"
    path.write_text('{"resourceType": NaN}')
    with pytest.raises(CatalogueError, match=r"evil\.json: line 1, column 18"):
        bringing.bring(Bringing(file=path, clinic=str(bring.clinic.pk), by="alice@example.org"), Console())


def test_a_measure_of_the_catalogue_goes_out_without_a_clinic(tmp_path: Path) -> None:
    to = tmp_path / "out.json"
    done = CliRunner().invoke(app, ["measure", "export", "gad-7", "--out", str(to)])
    assert done.exit_code == 0, done.output
    assert r4.problems(json.loads(to.read_text())) == []
    again = CliRunner().invoke(app, ["measure", "export", "gad-7", "--out", str(to)])
    assert "there is such a file already" in str(again.exception)


def test_an_own_measure_goes_out_by_its_clinic(bring: Command) -> None:
    bring("fhir")
    assert bringing.named(str(bring.clinic.pk), "harbour-calm").title == "Harbour calm"
    with pytest.raises(LookupError, match="no measure of its own"):
        bringing.named(str(bring.clinic.pk), load("gad-7").key)
