"""Fetch through permission: what this clinician may not read does not exist for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404

from mooring.people.models import Participation


def cared_for(user: Any, participation: UUID, at: datetime) -> Participation:
    """One participation this user cares for now; raises Http404."""
    found = (
        Participation.objects.cared_for_by(user, at)
        .select_related("client", "course", "clinic")
        .filter(pk=participation)
        .first()
    )
    if found is None:
        raise Http404
    return found
