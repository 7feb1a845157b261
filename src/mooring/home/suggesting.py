"""What the answers about one person suggest, in sentences that end with “Does this fit?”

Said only where it is clear: that the level moved since the first month, with probability above .95; or that it
is where it was, within one reliable change, with probability above .9. Otherwise, and while somebody was asked
about once or twice: too few answers to say.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from django.utils.translation import gettext as _
from scipy import special

from mooring.checkins import drawing
from mooring.checkins.models import Series

Moved = Literal["less", "same", "more", "unknown"]
CODES: tuple[Moved, ...] = ("less", "same", "more", "unknown")
CLEAR = 0.95
SAME = 0.9
RELIABLE_CHANGE = 1.96 * 2**0.5  # in standard errors of measurement; Jacobson & Truax 1991


@dataclass(frozen=True)
class Suggestion:
    """Worry about losing someone, and distance kept: now against the first month."""

    anxiety: Moved
    avoidance: Moved

    @property
    def codes(self) -> dict[str, str]:
        """As a fit keeps them."""
        return {"anxiety": self.anxiety, "avoidance": self.avoidance}

    @property
    def asks(self) -> bool:
        """Whether anything is claimed that could fit or not."""
        return (self.anxiety, self.avoidance) != ("unknown", "unknown")

    def sentence(self, name: str) -> str:
        """In the client's words, with the person's name."""
        return _sentences()[self.anxiety, self.avoidance] % {"name": name}


def suggestion(anxiety: Series, avoidance: Series) -> Suggestion:
    """What both series suggest."""
    return Suggestion(moved(anxiety), moved(avoidance))


def moved(series: Series) -> Moved:
    """Which way the level moved since the first month."""
    pair = drawing.since_first_month(series)
    if pair is None or sum(point["score"] is not None for point in series.points) < drawing.FEWEST:
        return "unknown"
    change = float(pair.mean[1] - pair.mean[0])
    spread = pair.covariance
    sd = float(np.sqrt(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]))
    less = float(special.ndtr(-change / sd))
    if less > CLEAR:
        return "less"
    if less < 1 - CLEAR:
        return "more"
    unit = RELIABLE_CHANGE * series.model["sem"]
    within = float(special.ndtr((unit - change) / sd) - special.ndtr((-unit - change) / sd))
    return "same" if within > SAME else "unknown"


def _sentences() -> dict[tuple[Moved, Moved], str]:
    """Whole sentences, so that every language can build its own."""
    return {
        ("less", "less"): _(
            "Your answers suggest you worry less about losing %(name)s than in your first month, and come closer."
        ),
        ("less", "same"): _(
            "Your answers suggest you worry less about losing %(name)s than in your first month, "
            "and come about as close."
        ),
        ("less", "more"): _(
            "Your answers suggest you worry less about losing %(name)s than in your first month, "
            "and keep more distance."
        ),
        ("less", "unknown"): _(
            "Your answers suggest you worry less about losing %(name)s than in your first month. "
            "About closeness there are too few answers to say."
        ),
        ("same", "less"): _(
            "Your answers suggest you worry about losing %(name)s much as you did in your first month, and come closer."
        ),
        ("same", "same"): _(
            "Your answers suggest you worry about losing %(name)s much as you did in your first month, "
            "and come about as close."
        ),
        ("same", "more"): _(
            "Your answers suggest you worry about losing %(name)s much as you did in your first month, "
            "and keep more distance."
        ),
        ("same", "unknown"): _(
            "Your answers suggest you worry about losing %(name)s much as you did in your first month. "
            "About closeness there are too few answers to say."
        ),
        ("more", "less"): _(
            "Your answers suggest you worry more about losing %(name)s than in your first month, "
            "or notice the worry more, and come closer."
        ),
        ("more", "same"): _(
            "Your answers suggest you worry more about losing %(name)s than in your first month, "
            "or notice the worry more, and come about as close."
        ),
        ("more", "more"): _(
            "Your answers suggest you worry more about losing %(name)s than in your first month, "
            "or notice the worry more, and keep more distance."
        ),
        ("more", "unknown"): _(
            "Your answers suggest you worry more about losing %(name)s than in your first month, "
            "or notice the worry more. About closeness there are too few answers to say."
        ),
        ("unknown", "less"): _(
            "Your answers suggest you come closer to %(name)s than in your first month. "
            "About worry there are too few answers to say."
        ),
        ("unknown", "same"): _(
            "Your answers suggest you come about as close to %(name)s as in your first month. "
            "About worry there are too few answers to say."
        ),
        ("unknown", "more"): _(
            "Your answers suggest you keep more distance from %(name)s than in your first month. "
            "About worry there are too few answers to say."
        ),
        ("unknown", "unknown"): _(
            "About %(name)s there are too few answers to say whether anything has moved since your first month."
        ),
    }
