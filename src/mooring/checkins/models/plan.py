"""When a client is asked, what is due, and what is half answered."""

import uuid
from datetime import date, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from mooring.instruments.models import InstrumentVersion
from mooring.kit.dates import instant_of, local_date, next_weekday
from mooring.people.models import CareRelation, Clinic, Participation, User
from mooring.people.models.clinic import TermQuerySet
from mooring.privacy.sealed import SealedQuerySet, SealedTextField
from mooring.relationships.models import Figure


class CheckInPlan(models.Model):
    """The agreed rhythm: on which day a check-in is due, and who reads it when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="plans")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=64, help_text="IANA time zone of the client's week.")
    language = models.CharField(max_length=12, default="en")
    every_weeks = models.PositiveSmallIntegerField(default=1)
    weekday = models.PositiveSmallIntegerField(help_text="Day a check-in is due; Monday is 0.")
    security_figure = models.ForeignKey(
        Figure, on_delete=models.SET_NULL, null=True, help_text="With whom the four S's are asked."
    )
    reader = models.ForeignKey(User, on_delete=models.PROTECT, help_text="Who agreed to read the answers.")
    reading_weekday = models.PositiveSmallIntegerField(help_text="Day they agreed to read; Monday is 0.")
    reading_time = models.TimeField(help_text="Time they agreed to read, in the plan's zone.")
    own_measure = models.ForeignKey(
        InstrumentVersion,
        on_delete=models.PROTECT,
        null=True,
        help_text="A questionnaire of the clinic's own, asked too.",
    )
    own_every = models.PositiveSmallIntegerField(default=4, help_text="In every so-manieth check-in.")
    not_before = models.DateField(
        null=True, help_text="The earliest day it asks about: an earlier plan's check-in has settled those before."
    )

    cared_for: bool
    """With the annotation of `carers`: whether anybody may read the answers now."""

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6, reading_weekday__lte=6), name="plan_weekdays"),
            models.CheckConstraint(condition=Q(every_weeks__gte=1), name="plan_every_week_or_more"),
            models.CheckConstraint(condition=Q(own_every__gte=1), name="plan_own_every_check_in_or_more"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="plan_until_after_since"
            ),
            models.UniqueConstraint(
                fields=["participation"], condition=Q(until__isnull=True), name="plan_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def first_due_on(self) -> date:
        """The first day on which a check-in is due."""
        begins = local_date(self.since, self.zone)
        return next_weekday(max(begins, self.not_before or begins), self.weekday)

    def next_reading(self, after: datetime) -> datetime:
        """The first agreed moment of reading after an instant."""
        day = next_weekday(local_date(after, self.zone), self.reading_weekday)
        moment = instant_of(day, self.reading_time, self.zone)
        return moment if moment > after else instant_of(day + timedelta(days=7), self.reading_time, self.zone)


def carers(at: datetime, participation: str, reader: str) -> dict[str, Exists]:
    """The annotations `cared_for` and `reader_cares`: what a page may promise about who reads."""
    caring = CareRelation.objects.caring(at).filter(participation=OuterRef(participation))
    return {"cared_for": Exists(caring), "reader_cares": Exists(caring.filter(clinician=OuterRef(reader)))}


class DueQuerySet(models.QuerySet["DueCheckIn"]):
    def open(self, at: datetime) -> Self:
        """Due now: opened, not closed, not declined, not answered."""
        return self.filter(opens_at__lte=at, closes_at__gt=at, declined_at__isnull=True, checkin__isnull=True)

    def with_carers(self, at: datetime) -> Self:
        """Each with whether anybody cares for the client now, and whether the one who agreed to read still does."""
        return self.annotate(**carers(at, "participation", "plan__reader"))


class DueCheckIn(models.Model):
    """One check-in that is asked for. It takes one submission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    plan = models.ForeignKey(CheckInPlan, on_delete=models.CASCADE, related_name="due")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="due")
    due_on = models.DateField(help_text="Local date in the plan's zone.")
    opens_at = models.DateTimeField(help_text="From the evening before.")
    closes_at = models.DateTimeField(help_text="When the next one opens; a late answer given before is still taken.")
    declined_at = models.DateTimeField(null=True, blank=True, help_text="“Not this week.”")

    cared_for: bool
    """With `with_carers`: whether anybody may read the answers now."""
    reader_cares: bool
    """With `with_carers`: whether the plan's reader may."""

    objects = DueQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "due_on"], name="due_once_a_day")]
        indexes = [models.Index(fields=["participation", "opens_at"], name="due_participation_opens")]

    def __str__(self) -> str:
        return f"{self.due_on}"


class Draft(models.Model):
    """An unfinished check-in, kept on the server so that it resumes where it was left, on any device."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    due = models.OneToOneField(DueCheckIn, on_delete=models.CASCADE, related_name="draft")
    client_id = models.UUIDField(editable=False)
    form = models.JSONField(help_text="Blocks in order: instrument version, figure, language, items shown.")
    answers = models.JSONField(default=dict, help_text="block.item → value, or null for skipped.")
    topic = SealedTextField(person="client_id", default="", blank=True)
    started_at = models.DateTimeField()

    objects = SealedQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)
