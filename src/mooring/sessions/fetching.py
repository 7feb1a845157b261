"""Sessions and ruptures fetched through permission, with what a page about them needs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from mooring.people.care import cared_for
from mooring.people.models import CareRelation, Participation
from mooring.sessions.models import Rupture, Session


def session_of(user: Any, participation: UUID, session: UUID, at: datetime) -> tuple[Participation, Session]:
    """One session of a course whose participation this user cares for now; raises Http404."""
    found = cared_for(user, participation, at)
    return found, get_object_or_404(Session.objects.of(found).select_related("course"), pk=session)


def rupture_of(user: Any, participation: UUID, rupture: UUID, at: datetime) -> tuple[Participation, Rupture]:
    """One mark about a participation this user cares for now; raises Http404."""
    found = cared_for(user, participation, at)
    mine = Rupture.objects.filter(participation=found)
    return found, get_object_or_404(mine.select_related("participation__course", "participation__clinic"), pk=rupture)


def readers(participation: Participation, at: datetime) -> list[str]:
    """Who cares for them now, and so can read what is written about them."""
    caring = CareRelation.objects.caring(at).filter(participation=participation).select_related("clinician")
    names = sorted({relation.clinician.name or relation.clinician.email for relation in caring})
    if not names:
        raise Http404
    return names


def called(participation: Participation) -> str:
    """What the client is called in a sentence."""
    client = participation.client
    return str(client.first_name or client.name or client.code)
