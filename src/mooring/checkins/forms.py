"""What is posted with a check-in."""

from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mooring.checkins.draft import MAX_TOPIC


class WordsField(forms.CharField):
    """Free text. Browsers count a new line as one character and send it as two: it is one here as well."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class TopicForm(forms.Form):
    """What the client wants to talk about; and, from a device that was offline, when it was answered."""

    topic = WordsField(
        required=False,
        max_length=MAX_TOPIC,
        label=_("What do you want to talk about?"),
        error_messages={
            "max_length": _(
                "This is %(show_value)s characters long. Please keep it under %(limit_value)s; it is all still here."
            )
        },
        widget=forms.Textarea(attrs={"class": "voice", "rows": 5, "aria-describedby": "readers"}),
    )
    answered_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["answered_at"] = self._moment(data.get("answered_at", ""))
        return data

    def _moment(self, text: str) -> datetime | None:
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        # The first and the last year have days that no other zone can name.
        if moment is None or moment.tzinfo is None or moment.year in {MINYEAR, MAXYEAR}:
            self.add_error(
                None,
                _(
                    "The time of answering could not be read. Write it with its offset from UTC, "
                    "such as 2026-05-13T20:51:00+02:00. Nothing was sent yet."
                ),
            )
            return None
        return moment
