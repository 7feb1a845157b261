"""The account: an e-mail address to sign in with. What someone may do is a membership, never a column here."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from mooring.privacy.sealed import SealedQuerySet, SealedTextField


class UserManager(BaseUserManager["User"].from_queryset(SealedQuerySet)):  # type: ignore[misc]
    """Creates accounts. There is no superuser: nothing in Mooring asks for one."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account with that e-mail address, lower-cased; without a password it cannot sign in by one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        created: User = user
        return created


class User(AbstractBaseUser):
    """Someone who signs in. The address stays searchable, since people sign in with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = SealedTextField(person="id", default="", help_text="As others in the clinic see it.")
    zone = models.CharField(max_length=64, default="UTC", help_text="IANA time zone.")
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return str(self.pk)
