"""How a sentence for the clinician speaks of a client."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mooring.people.models import Client


@dataclass(frozen=True)
class Pronouns:
    """The forms that sentences need; a language that needs none leaves the placeholders out."""

    they: str
    them: str
    their: str
    theirs: str
    wants: str
    """Heads what they want to talk about."""
    wrote_nothing: str

    @property
    def words(self) -> dict[str, str]:
        """For the placeholders of a sentence."""
        return {"they": self.they, "them": self.them, "their": self.their, "They": self.they.capitalize()}


def of(client: Client) -> Pronouns:
    """A client's own."""
    if client.pronouns == "she":
        return Pronouns(
            pgettext("client", "she"),
            pgettext("client", "her"),
            pgettext("client's", "her"),
            _("hers"),
            _("She wants to talk about"),
            _("She wrote nothing."),
        )
    if client.pronouns == "he":
        return Pronouns(
            pgettext("client", "he"),
            pgettext("client", "him"),
            pgettext("client's", "his"),
            pgettext("beside a line", "his"),
            _("He wants to talk about"),
            _("He wrote nothing."),
        )
    return Pronouns(
        pgettext("client", "they"),
        pgettext("client", "them"),
        pgettext("client's", "their"),
        _("theirs"),
        _("They want to talk about"),
        _("They wrote nothing."),
    )
