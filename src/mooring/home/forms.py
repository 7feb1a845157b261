"""What is posted from the client's pages."""

from django import forms

from mooring.home.suggesting import CODES
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
