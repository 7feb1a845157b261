"""Sentences of the pages that bring a measure."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mooring.instruments.deciding import BLIND, EXAMPLES, FILE, ITEMS, LICENCE, MEASURE, PUBLISH

TITLES = {
    FILE: gettext_lazy("The file"),
    MEASURE: gettext_lazy("What it is"),
    ITEMS: gettext_lazy("Its questions"),
    LICENCE: gettext_lazy("The right to use it"),
    BLIND: gettext_lazy("How its questions are worded"),
    EXAMPLES: gettext_lazy("Worked examples"),
    PUBLISH: gettext_lazy("Look it over and publish"),
}
ORDER_UNSURE = gettext_lazy("The order of its items could not be confirmed.")
MARKS_DIFFER = gettext_lazy("The marks and the key differ, and it could not be settled which is right.")
CASES_DIFFER = gettext_lazy("A worked example gave another score, and it could not be settled why.")


def attestation(clinic: str) -> str:
    """What is agreed to; kept as it was shown."""
    return _(
        "I attest for %(clinic)s that it may use this questionnaire, in these words, with its clients and on its own "
        "server: it is our own work, or its owner allows it. Its words and their order were not changed."
    ) % {"clinic": clinic}
