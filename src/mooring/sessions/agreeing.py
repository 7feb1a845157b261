"""How far client and clinician agree about the same sessions, in sentences."""

import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from mooring.checkins.models import CheckIn, Series
from mooring.science.agreement import Agreement, WhyNot, agreement
from mooring.sessions.pairing import Given, pairs


def sentences(series: Sequence[Series], client: str) -> list[str]:
    """What can be said; empty until both have rated."""
    by_rater = {one.rater: one for one in series}
    theirs, yours = by_rater.get(CheckIn.Rater.CLIENT), by_rater.get(CheckIn.Rater.CLINICIAN)
    if theirs is None or yours is None:
        return []
    if (theirs.minimum, theirs.maximum) != (yours.minimum, yours.maximum):
        return [_("The two rate on different scales, so their ratings are not compared.")]
    keys = [point["checkin"] for one in (theirs, yours) for point in one.points]
    moments = dict(CheckIn.objects.filter(pk__in=keys).values_list("pk", "occurred_at"))
    found = pairs(_given(theirs, moments), _given(yours, moments))
    result = agreement([p.client for p in found], [p.clinician for p in found], theirs.minimum, theirs.maximum)
    return [*_said(result, client), _how()]


def _given(series: Series, moments: dict[UUID, datetime]) -> list[Given]:
    return [
        Given(moments[UUID(point["checkin"])], float("nan") if point["score"] is None else point["score"])
        for point in series.points
    ]


def _said(found: Agreement, client: str) -> list[str]:
    words = {"n": found.pairs, "client": client}
    reasons = {
        WhyNot.FEW: _("%(n)s sessions have both ratings. From seven on it is said how far the two agree."),
        WhyNot.NO_SPREAD: _("Over %(n)s sessions the two ratings always differ by the same amount."),
        WhyNot.CEILING: _("Over %(n)s sessions too many ratings lie at the top of the scale to say how far the two "
                          "agree."),
    }  # fmt: skip
    if found.why_not is not None:
        return [reasons[found.why_not] % words]
    words |= {
        "size": _number(abs(found.difference)),
        "low": _number(found.interval.low),
        "high": _number(found.interval.high),
        "least": _number(found.limits.low),
        "most": _number(found.limits.high),
    }
    if found.difference >= 0:
        first = _("Over %(n)s sessions that both rated, %(client)s rated %(size)s points higher than the therapist "
                  "(95 %%: %(low)s to %(high)s).")  # fmt: skip
    else:
        first = _("Over %(n)s sessions that both rated, %(client)s rated %(size)s points lower than the therapist "
                  "(95 %%: %(low)s to %(high)s).")  # fmt: skip
    said = [
        first % words,
        _("Of 100 such differences about 95 lie between %(least)s and %(most)s, if they spread like a bell.") % words,
    ]
    if found.censored:
        said.append(
            _("Some ratings lie at the top of the scale. The first number is an estimate of what the difference would "
              "be without a top.")
        )  # fmt: skip
    return said


def _how() -> str:
    return _(
        "A rating by the client belongs to the last session before it, when that was at most a week ago. The two "
        "answer questions of their own, so a difference may also lie in the questions."
    )


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return str(number_format(round(value, 1) + 0.0, 1)).replace("-", "−")
