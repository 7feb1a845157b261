"""What is posted from the client's pages."""

from typing import Self

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mooring.home.agreeing import ASKED, Wish
from mooring.home.suggesting import CODES
from mooring.people.models import Client
from mooring.relationships.models import Fit

_CODES = [(code, code) for code in CODES]


class FitForm(forms.Form):
    """The answer, and what the sentence on the page claimed."""

    answer = forms.ChoiceField(choices=Fit.Answer.choices)
    anxiety = forms.ChoiceField(choices=_CODES)
    avoidance = forms.ChoiceField(choices=_CODES)

    @property
    def suggested(self) -> dict[str, str]:
        """The claim, as codes."""
        return {key: self.cleaned_data[key] for key in ("anxiety", "avoidance")}


class TurnForm(forms.Form):
    """Which of one's own courses the visit is about."""

    participation = forms.UUIDField()


class AgreementForm(forms.Form):
    """Which purpose, yes or no; and two things about oneself, for whoever likes to tell them."""

    purpose = forms.ChoiceField(choices=[(purpose, purpose) for purpose in ASKED], widget=forms.HiddenInput)
    given = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda word: word == "yes", widget=forms.HiddenInput
    )
    gender = forms.CharField(label=_("My gender, in my own word"), max_length=40, required=False)
    birth_year = forms.IntegerField(
        label=_("The year I was born"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4, "autocomplete": "bday-year"}),
        error_messages={"invalid": _("Please give four digits, or leave it empty.")},
    )

    @classmethod
    def of(cls, client: Client) -> Self:
        """With what the client told before."""
        return cls(initial={"gender": client.gender, "birth_year": client.birth_year})

    def clean_birth_year(self) -> str:
        year = self.cleaned_data["birth_year"]
        now = timezone.now().year
        if year is not None and not now - 120 <= year <= now - 16:
            raise forms.ValidationError(_("Please give the year in four digits, or leave it empty."))
        return "" if year is None else str(year)

    @property
    def wish(self) -> Wish:
        """Only of a valid form."""
        told = self.cleaned_data
        return Wish(told["purpose"], told["given"], told["gender"].strip(), told["birth_year"])
