"""A text column that only its person's key opens.

    name = SealedTextField(person="id")          # `person` names the attribute that holds the key's owner

The text is sealed in `pre_save` and opened when the attribute is read. What would go around that,
`.update()`, `filter()`, `values()`, raises instead of writing or comparing plain text.

A text whose key was destroyed reads “[erased]”, so that a page with many people goes on without one of them;
one whose key is not in the keyring reads “[cannot be read]”. Neither can be saved.
"""

import logging
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

from mooring.privacy.keyring import KeyDestroyed, KeyUnavailable, keyring

if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField


log = logging.getLogger(__name__)


class Unreadable(str):
    """Stands in the place of a text that cannot be opened."""

    __slots__ = ()


def is_readable(text: str) -> bool:
    """Whether a sealed text was opened: an erased one is nothing that somebody said."""
    return not isinstance(text, Unreadable)


class Sealed:
    """A text as the database has it. It has no readable form without its person."""

    __slots__ = ("_text", "token")

    def __init__(self, token: str, text: str | None = None) -> None:
        self.token = token
        self._text = text

    def open(self, person: UUID) -> str:
        """The text; raises KeyUnavailable."""
        if self._text is None:
            try:
                self._text = keyring().cipher(person).decrypt(self.token.encode()).decode()
            except InvalidToken as error:
                raise KeyUnavailable(person, "does not open this text; is the keyring an older one?") from error
        return self._text

    @classmethod
    def seal(cls, text: str, person: UUID) -> Self:
        """Seal a text with the person's newest key; raises KeyUnavailable, and for erased persons KeyDestroyed."""
        return cls(keyring().cipher(person).encrypt(text.encode()).decode(), text)

    def __repr__(self) -> str:
        return "<sealed>"


class _Opening(DeferredAttribute):
    field: Any

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            try:
                return value.open(self.field.owner_of(instance))
            except KeyDestroyed:
                return Unreadable(_("[erased]"))
            except KeyUnavailable as error:
                log.error("%s", error)
                return Unreadable(_("[cannot be read]"))
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(_TextField):
    """Free text or a name, sealed with one person's key."""

    descriptor_class = _Opening

    def __init__(self, *args: Any, person: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "person": self.person}

    def owner_of(self, instance: models.Model) -> UUID:
        """The person whose key seals this column of this row."""
        owner: UUID = getattr(instance, self.person)
        return owner

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        owner = self.owner_of(model_instance)
        if not is_readable(value):
            raise KeyUnavailable(owner, "does not open this text, so it cannot be written anew")
        # Who is new gets a key with their own row. Everything else about them finds it there.
        if add and owner == model_instance.pk:
            keyring().cipher_for_writing(owner)
        sealed = Sealed.seal(str(value), owner)
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def get_prep_value(self, value: Any) -> Any:
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if isinstance(value, Sealed):
            return value.token
        raise FieldError(f"{self} is sealed: set it on an instance and save() that; it cannot be written in bulk.")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(
            f"{self} is sealed: it cannot be compared in a query; open the visible rows and compare there."
        )

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        messages = super().check(**kwargs)
        if not isinstance(self.model._default_manager.get_queryset(), SealedQuerySet):
            messages.append(
                checks.Error(
                    f"{self.model.__name__} has sealed columns but no SealedQuerySet.",
                    hint="objects = SealedQuerySet.as_manager(), or a subclass of it.",
                    obj=self.model,
                    id="privacy.E001",
                )
            )
        return messages


class SealedQuerySet(models.QuerySet[Any]):
    """A queryset that will not hand out sealed columns without their rows."""

    def _values(self, *fields: str, **expressions: Any) -> Self:
        sealed = {f.name for f in self.model._meta.fields if isinstance(f, SealedTextField)}
        asked = sealed if not fields else sealed.intersection(fields)
        if asked:
            raise FieldError(f"{', '.join(sorted(asked))}: sealed, readable on instances only; name the other columns.")
        return super()._values(*fields, **expressions)  # type: ignore[misc, no-any-return]
