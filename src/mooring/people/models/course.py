"""Clients, courses of therapy, who takes part, and who cares for them: the rows the access rule reads."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from mooring.people.models.clinic import Clinic, Membership, TermQuerySet
from mooring.people.models.user import User
from mooring.privacy.sealed import SealedQuerySet, SealedTextField

# Roles that may stand in a care relation. An administrator or a researcher reads nobody's answers.
CLINICAL_ROLES = (Membership.Role.CLINICIAN, Membership.Role.SUPERVISOR)


class CareQuerySet(TermQuerySet):
    def caring(self, at: datetime) -> Self:
        """The one access rule: a care relation in force, held by someone whose clinical membership of the
        same clinic is in force too, and whose account is not closed."""
        member = Membership.objects.in_force(at).filter(
            user=OuterRef("clinician"), clinic=OuterRef("clinic"), role__in=CLINICAL_ROLES
        )
        return self.in_force(at).filter(Exists(member), clinician__is_active=True, participation__clinic=F("clinic"))


def _caring(user: User, at: datetime) -> CareQuerySet:
    found: CareQuerySet = CareRelation.objects.caring(at).filter(clinician=user)
    return found


class ClientQuerySet(SealedQuerySet):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Clients this user may read: themselves, and those they care for now."""
        mine = Q(user=user)
        cared_for = Q(pk__in=_caring(user, at).values("participation__client"))
        return self.filter(mine | cared_for) if user.is_authenticated and user.is_active else self.none()


class Client(models.Model):
    """One clinic's record of a person in therapy, with or without an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="clients")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="client_records")
    code = models.CharField(max_length=64, help_text="The clinic's own code: what may stand in logs and files.")
    name = SealedTextField(person="id", default="", help_text="As the clinician calls them, e.g. Sarah L.")
    first_name = SealedTextField(person="id", default="", help_text="As the client is greeted.")
    pronouns = models.CharField(
        max_length=8,
        default="they",
        choices=[("she", "she"), ("he", "he"), ("they", "they")],
        help_text="Used in sentences for the clinician.",
    )
    gender = SealedTextField(
        person="id", default="", help_text="In the client's own word, given so that questions are checked for fairness."
    )
    birth_year = SealedTextField(person="id", default="", help_text="Four digits, given for the same reason.")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="client_code_once_a_clinic"),
            models.UniqueConstraint(
                fields=["clinic", "user"], condition=Q(user__isnull=False), name="client_user_once_a_clinic"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Course(models.Model):
    """One course of therapy in a clinic."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", "individual"
        COUPLE = "couple", "couple"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="courses")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="course_until_after_since"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def of(self, user: User) -> Self:
        """The participations that are this user's own."""
        return self.filter(client__user=user) if user.is_authenticated and user.is_active else self.none()

    def cared_for_by(self, user: User, at: datetime) -> Self:
        """The participations this user may read as a clinician, now."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(pk__in=_caring(user, at).values("participation"))

    def visible_to(self, user: User, at: datetime) -> Self:
        """The union of both: what this user may read at all."""
        return self.of(user) | self.cared_for_by(user, at)


class Participation(models.Model):
    """A client's part in a course. It carries plans, check-ins, estimates and signals, so that a
    person's individual and couple courses never mix."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="participations")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="participations")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="participations")
    role_label = models.CharField(max_length=40, default="", blank=True, help_text="E.g. partner A.")

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "client"], name="participation_once_a_course")]

    def __str__(self) -> str:
        return str(self.id)


class CareRelation(models.Model):
    """Who cares for this participation, in which capacity, from when until when."""

    class Capacity(models.TextChoices):
        THERAPIST = "therapist", "therapist"
        SUPERVISOR = "supervisor", "supervisor"
        STAND_IN = "stand-in", "stands in"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="care_relations")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="care_relations")
    clinician = models.ForeignKey(User, on_delete=models.PROTECT, related_name="care_relations")
    capacity = models.CharField(max_length=12, choices=Capacity, default=Capacity.THERAPIST)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = CareQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["clinician", "until"], name="care_clinician_until")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="care_until_after_since"
            )
        ]

    def __str__(self) -> str:
        return f"{self.capacity} {self.id}"
