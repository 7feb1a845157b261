"""Consent events and the access log: both append-only, both without a foreign key to the person.

A person can be erased; that they consented, and who read them, stays as a fact about a UUID.
"""

import uuid

from django.db import models


class ConsentEvent(models.Model):
    """One giving or withdrawing of consent. What is in force is the latest event per purpose."""

    class Purpose(models.TextChoices):
        CARE = "care", "Answers are kept and read by my therapist"
        QUALITY = "quality", "Answers improve this clinic's measures"
        RESEARCH = "research", "Answers serve research"

    class Action(models.TextChoices):
        GIVEN = "given", "given"
        WITHDRAWN = "withdrawn", "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.UUIDField(help_text="Clinic, by UUID: this room lies below the clinic's.")
    subject = models.UUIDField(help_text="The client whose answers it is about, by UUID.")
    purpose = models.CharField(max_length=20, choices=Purpose)
    action = models.CharField(max_length=10, choices=Action)
    text_version = models.CharField(max_length=40, help_text="Which wording the person saw.")
    at = models.DateTimeField()
    actor = models.UUIDField(help_text="User who expressed it, by UUID.")

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose", "at"], name="consent_subject_purpose_at")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.action} {self.at:%Y-%m-%d}"


class AccessEntry(models.Model):
    """One read or act: who, when, on which route, about whom. No names, no answers."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    clinic = models.UUIDField(null=True)
    actor = models.UUIDField(null=True, help_text="User by UUID; null is the system itself.")
    action = models.CharField(max_length=40, help_text="Verb, e.g. read, submit, acknowledge.")
    route = models.CharField(max_length=80, help_text="URL name or command; never a path.")
    subjects = models.JSONField(help_text="UUIDs of the clients concerned, one row a page.")
    detail = models.JSONField(default=dict, help_text="Codes and keys only.")

    class Meta:
        indexes = [models.Index(fields=["actor", "at"], name="access_actor_at")]

    def __str__(self) -> str:
        return f"{self.action} {self.route} {self.at:%Y-%m-%d %H:%M}"
