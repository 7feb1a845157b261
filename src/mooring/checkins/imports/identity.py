"""Keys made from what a row is, so that a file imported twice, or after a crash, finds its own rows again.

An erased person keeps their key too: the keyring refuses it, and the same file cannot bring them back.
"""

from uuid import UUID, uuid5

from mooring.checkins.imports.gather import Occasion

_IMPORTED = UUID("0b8f6a52-5a3e-4d2b-9b0e-2f6d1c7a9e43")


def client_id(clinic: UUID, code: str) -> UUID:
    """A person first met in an import."""
    return uuid5(_IMPORTED, f"{clinic}/{code}")


def course_id(client: UUID) -> UUID:
    """Their course, where an import makes it."""
    return uuid5(client, "course")


def participation_id(client: UUID) -> UUID:
    """Their part in it."""
    return uuid5(client, "participation")


def care_id(client: UUID, clinician: UUID) -> UUID:
    """Who cares for them from the import on."""
    return uuid5(client, f"care/{clinician}")


def figure_id(client: UUID, figure: str) -> UUID:
    """A figure that an import brought: its kind and number, never a name."""
    return uuid5(client, f"figure/{figure}")


def made_id(client: UUID, occasion: Occasion) -> UUID:
    """What stands for a device's identifier: person, time, rater, and which of several at that time."""
    return uuid5(client, f"import/{occasion.when}/{occasion.rater}/{occasion.replicate}")


def checkin_id(participation: UUID, made: UUID) -> UUID:
    """The check-in of that identifier."""
    return uuid5(participation, str(made))


def block_id(checkin: UUID, key: str, figure: UUID | None) -> UUID:
    """One measure about one figure in it."""
    return uuid5(checkin, f"{key}/{figure}")
