"""What is filled in on the pages that bring a measure."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mooring import catalogue
from mooring.catalogue import Instrument
from mooring.catalogue.forms import limits
from mooring.catalogue.forms.questionnaire import Questionnaire
from mooring.catalogue.forms.read import Wanted
from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Clinic

SCORINGS = [
    ("key", _("By a published measure that Mooring knows")),
    ("own", _("By scales that I describe")),
    ("none", _("Not at all: answers are kept, no score is made")),
]


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("The questionnaire’s file"),
        error_messages={"required": _("Please choose the file."), "empty": _("This file is empty.")},
        help_text=_(
            "A FHIR R4 Questionnaire (.json), a ReproSchema activity (.zip), a REDCap data dictionary (.csv) or a "
            "table (.csv), up to 900 kB."
        ),
    )
    language = forms.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$",
        label=_("Language, where the file has several"),
        required=False,
        max_length=12,
        help_text=_("As a code such as en or de. Left empty, English is taken where it is there."),
    )
    part = forms.CharField(
        label=_("Name of the form, where the file has several"), required=False, max_length=limits.CODE
    )

    def data_and_name(self) -> tuple[bytes, str]:
        """The file, never more of it than may be read."""
        file = self.cleaned_data["file"]
        return file.read(limits.FILE + 1), str(file.name)[:120]

    def wanted(self) -> Wanted:
        """What of it."""
        return Wanted(self.cleaned_data["language"], self.cleaned_data["part"])


class MeasureForm(forms.Form):
    """What it is, and how it is scored."""

    title = forms.CharField(label=_("Title, as clients see it"), max_length=120)
    key = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        help_text=_("In small letters, for files and commands. A name used before makes its next version."),
    )
    scoring = forms.ChoiceField(
        label=_("How is it scored?"),
        choices=SCORINGS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the three.")},
    )
    of = forms.ChoiceField(
        label=_("Which published measure is it?"),
        required=False,
        help_text=_("Also worth saying when it is not scored: a measure with a question about harm is then known."),
    )
    seen = forms.BooleanField(
        label=_("I have seen what is left out"),
        error_messages={"required": _("Please look at what is left out, and tick this.")},
    )

    def __init__(self, *args: Any, found: Questionnaire, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        known = [catalogue.load(key) for key in catalogue.keys()]  # noqa: SIM118 - a function
        named = [(one.key, one.title) for one in known if one.kind == "key"]
        self.fields["of"].choices = [("", _("none of these")), *named]  # type: ignore[attr-defined]
        self.fields["title"].initial = found.title[:120]
        self.fields["key"].initial = slugify(found.title)[:50]
        if not found.left_out:
            del self.fields["seen"]

    def clean_key(self) -> str:
        key: str = slugify(self.cleaned_data["key"]).replace("_", "-").strip("-")
        if not key or "--" in key:
            raise forms.ValidationError(_("Use small letters, digits and single hyphens."))
        if key in set(catalogue.keys()):
            raise forms.ValidationError(_("Mooring itself uses this name. Add something of your own to it."))
        newest = InstrumentVersion.objects.filter(clinic=self.clinic, key=key).order_by("-version").first()
        if newest is not None and newest.instrument.kind != "form":
            raise forms.ValidationError(_("An import of totals uses this name. Choose another one."))
        return key

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("scoring") == "key" and not data.get("of"):
            self.add_error("of", _("Choose the measure that scores it."))
        if data.get("scoring") == "own":
            data["of"] = ""
        return data

    def given(self) -> dict[str, Any]:
        """As the draft keeps it."""
        data = self.cleaned_data
        unscored = _now("It was published without a score.") if data["scoring"] == "none" else ""
        return {**{name: data[name] for name in ("title", "key", "scoring", "of")}, "unscored": unscored}


class LicenceForm(forms.Form):
    """Who may use it."""

    terms = forms.CharField(
        label=_("Whose questionnaire is it, and under which terms may you use it?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: own work of this clinic; free for clinical use (address); permission of 3 May 2026."),
        error_messages={"required": _("Please say whose it is and why you may use it.")},
    )
    agree = forms.BooleanField(error_messages={"required": _("Without this it cannot be published.")})

    def __init__(self, *args: Any, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agree"].label = words


class ConfirmForm(forms.Form):
    """The key's cases, looked at."""

    confirm = forms.BooleanField(
        label=_("I have looked at these cases, and the scores are right"),
        error_messages={"required": _("Please look at them, and tick this.")},
    )


class ExpectedForm(forms.Form):
    """The scores of one example, worked by hand."""

    def __init__(self, *args: Any, measure: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure = measure
        for scale in measure.scales:
            self.fields[f"scale_{scale.code}"] = forms.DecimalField(
                label=_("Your score of %(scale)s") % {"scale": scale.title},
                localize=False,
                max_digits=9,
                decimal_places=4,
                error_messages={"required": _("Please work it out by hand and write it here.")},
            )

    def expected(self) -> dict[str, float | None]:
        """Scale → the score that was worked out."""
        return {scale.code: float(self.cleaned_data[f"scale_{scale.code}"]) for scale in self.measure.scales}
