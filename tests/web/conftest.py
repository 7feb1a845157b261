"""People who can really sign in: an address that is confirmed, a password, and no second factor yet."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.test import Client as Browser
from pytest_django.live_server_helper import LiveServer

from mooring.people.models import User
from tests.cast import PASSWORD

SignIn = Callable[..., Browser]


@pytest.fixture
def with_password(db: None) -> SignIn:
    """A browser in which that person has signed in by the form, as they would."""

    def signed_in(user: User, browser: Browser | None = None) -> Browser:
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        browser = browser or Browser()
        browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
        return browser

    return signed_in


def digits_of(secret: str) -> str:
    """What an authenticator app shows now: RFC 6238 with SHA-1, 30 seconds, six digits."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time() // 30)), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


@pytest.fixture
def served(real_transactions: None) -> Iterator[str]:
    """The clinic at a port of this machine. Passkeys need the name localhost.

    pytest-django's own `live_server` would empty the tables while they still refuse deletion.
    """
    server = LiveServer("localhost")
    yield server.url
    server.stop()
