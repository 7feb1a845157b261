"""What a clinician writes down after a session, and about a rupture."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from mooring.catalogue import FULL
from mooring.instruments.models import InstrumentVersion
from mooring.kit.dates import instant_of, local_date, zone
from mooring.sessions.models import Session
from mooring.sessions.record import Took
from mooring.sessions.rupture import MAX_NOTE

KEPT = [
    (Session.Kept.HELD, _("Held")),
    (Session.Kept.MISSED, _("Missed")),
    (Session.Kept.CANCELLED, _("Cancelled")),
]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TookForm(forms.Form):
    """When a session was, on the clinic's clock, and whether it took place."""

    kept = forms.ChoiceField(label=_("This session was"), choices=KEPT, widget=forms.RadioSelect)
    day = forms.DateField(label=_("Day"), widget=DayInput)
    clock = forms.TimeField(label=_("It began at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, zone_name: str, at: datetime, **kwargs: Any) -> None:
        self.zone = zone_name
        there = at.astimezone(zone(zone_name))
        super().__init__(*args, **kwargs)
        self.initial = {"day": there.date(), "clock": there.time(), "kept": Session.Kept.HELD, **self.initial}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("day") and data.get("clock") is not None:
            began = instant_of(data["day"], data["clock"], self.zone)
            # In a gap, and only there, the offset before it is the smaller one (PEP 495).
            before, after = began.utcoffset(), began.replace(fold=1).utcoffset()
            if before is not None and after is not None and before < after:
                self.add_error("clock", _("The clocks went forward over this time that day. Choose another."))
        return data

    def took(self) -> Took:
        """The session as filled in."""
        cleaned = self.cleaned_data
        return Took(instant_of(cleaned["day"], cleaned["clock"], self.zone), Session.Kept(cleaned["kept"]))


class SessionForm(TookForm):
    """A session that is not recorded yet."""

    made_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["made_id"].initial = uuid4()


class RatingForm(forms.Form):
    """The measure's questions, each with its worded answers and one to skip it."""

    def __init__(self, *args: Any, version: InstrumentVersion, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wording = version.instrument.wording[language]
        for code in version.instrument.forms[FULL].items:
            stops = [(str(stop.value), stop.label) for stop in wording.answers_to(code)]
            self.fields[code] = forms.ChoiceField(
                label=wording.items[code],
                choices=[*stops, ("", _("Skip"))],
                widget=forms.RadioSelect,
                required=False,
                initial="",
            )

    def answers(self) -> dict[str, float | None]:
        """Item → answer, or None where it was skipped."""
        return {code: int(value) if value else None for code, value in self.cleaned_data.items()}


class NoteField(forms.CharField):
    """Counted as the browser counts: the end of a line is one character, though it is sent as two."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class RuptureForm(forms.Form):
    """A mark by hand."""

    made_id = forms.UUIDField(widget=forms.HiddenInput)
    noticed_on = forms.DateField(label=_("Noticed on"), widget=DayInput)
    note = NoteField(
        label=_("A note, if you want one"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever cares for this client here can read it; nobody is told of it. The client does not see it "
                    "here. It is kept with the record, for which the client or a court may ask."),
    )  # fmt: skip

    @classmethod
    def fresh(cls, zone_name: str, at: datetime) -> "RuptureForm":
        """An empty one, for today."""
        return cls(initial={"made_id": uuid4(), "noticed_on": local_date(at, zone_name)})


class StepForm(forms.Form):
    """The day a rupture was talked about, or repaired."""

    on = forms.DateField(label=_("Day"), widget=DayInput)
