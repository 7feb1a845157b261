"""How an open signal grew since it was raised, a few words a time; from the evidence frozen then."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.alerts.models import GOOD_NEWS, Growth, Kind, Signal
from mooring.caseload import calling
from mooring.caseload.evidence import decimal
from mooring.caseload.pictures import plus_minus
from mooring.checkins import saying


def grown(signal: Signal, today: date) -> str:
    """“Since then: grew on 20 May to 4.1 ± 0.3.”; empty while it has not grown. Uses what was prefetched."""
    if signal.kind in GOOD_NEWS:
        return ""
    told = [_told(one, signal, today) for one in in_order(signal)]
    return _("Since then: %(told)s.") % {"told": "; ".join(told)} if told else ""


def in_order(signal: Signal) -> list[Growth]:
    """Oldest first."""
    return sorted(signal.growths.all(), key=lambda growth: growth.as_of)


def began(signal: Signal) -> date:
    """Since when the matter goes on: where the rule had ceased and spoke anew, since then."""
    anew = [growth.evidence["since"] for growth in in_order(signal) if growth.anew and growth.evidence.get("since")]
    if anew:
        return date.fromisoformat(anew[-1])
    return date.fromisoformat(signal.evidence["began"]) if "began" in signal.evidence else signal.since


def _told(growth: Growth, signal: Signal, today: date) -> str:
    given: Mapping[str, Any] = growth.evidence
    words = {"on_day": saying.on_day(growth.as_of, today), "now": _now(given)}
    if not words["now"]:
        return (_("spoke anew %(on_day)s") if growth.anew else _("grew %(on_day)s")) % words
    if signal.kind == Kind.SHIFT and (given.get("change") or 0) * (signal.evidence.get("change") or 0) < 0:
        return _("moved the other way %(on_day)s, to %(now)s") % words
    if growth.anew:
        return _("spoke anew %(on_day)s, at %(now)s") % words
    return _("grew %(on_day)s to %(now)s") % words


def _now(given: Mapping[str, Any]) -> str:
    """Where it stood then, with its error."""
    if given.get("kind") == Kind.SILENCE:
        count = int(given.get("missed") or 0)
        sentence = ngettext("%(n)s check-in in a row", "%(n)s check-ins in a row", count)
        return sentence % {"n": calling.number(count)} if count else ""
    if given.get("kind") == Kind.ALLIANCE_DROP and "drop" in given:
        return _("%(drop)s standard deviations below") % {"drop": decimal(given["drop"])}
    if given.get("level") is not None and given.get("level_sd") is not None:
        return plus_minus(given["level"], given["level_sd"])
    return ""
