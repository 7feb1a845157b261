"""Put somebody on a client's map, and agree whether check-ins ask about them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from mooring.kit.transactions import write
from mooring.people.models import Client, User
from mooring.privacy import audit
from mooring.relationships.models import Figure


def add_figure(client: Client, kind: Figure.Kind, name: str, *, by: User, at: datetime) -> Figure:
    """One more figure, asked about after the others. The same kind and name twice is one figure."""
    with write():
        Client.objects.select_for_update().get(pk=client.pk)
        own = Figure.objects.filter(client=client)
        # Names are sealed: they are compared here, among this client's own few.
        same: Figure | None = next((f for f in own.filter(kind=kind) if f.name == name), None)
        if same is not None:
            return same
        last = own.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        made: Figure = Figure.objects.create(
            clinic_id=client.clinic_id, client=client, kind=kind, name=name, position=position
        )
        _record("add-figure", client, by, at)
    return made


def ask_about(client: Client, asked: Collection[UUID], *, by: User, at: datetime) -> None:
    """Check-ins ask about these figures of the client and about no others."""
    with write():
        own = Figure.objects.filter(client=client)
        own.filter(pk__in=asked).update(asked=True)
        own.exclude(pk__in=asked).update(asked=False)
        _record("ask-about", client, by, at)


def _record(action: str, client: Client, by: User, at: datetime) -> None:
    audit.record(action, action, actor=by.pk, subjects=[client.pk], at=at, clinic=client.clinic_id)
