"""What a visitor does is logged by route. Secrets of links, e-mail addresses and rows never stand in a log."""

import logging
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from mooring.caseload import admitting
from mooring.people import joining
from mooring.people.models import Clinic, Membership, User
from mooring.web.logs import DiscreetFormatter, discreet


def logged(caplog: pytest.LogCaptureFixture) -> str:
    line = DiscreetFormatter("{levelname} {name} {message}", style="{")
    return "\n".join(line.format(record) for record in caplog.records)


def test_the_installation_logs_through_it() -> None:
    assert configured.LOGGING["formatters"]["line"]["()"] == "mooring.web.logs.DiscreetFormatter"
    (handler,) = [h for h in logging.getLogger().handlers if isinstance(h.formatter, DiscreetFormatter)]
    assert handler.level == logging.NOTSET


def test_an_invitations_secret_is_not_logged(clinic: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    secret = joining.invite(clinic, "n@example.org", at=timezone.now(), role=Membership.Role.CLINICIAN).secret
    address = reverse("join", args=[secret])
    Browser().options(address)
    Browser().put(address)
    Browser(enforce_csrf_checks=True).post(address, {})
    Browser().get(f"{address}more/")
    joining.Invitation.objects.update(expires_at=timezone.now())
    Browser().get(address)
    text = logged(caplog)
    assert secret not in text
    assert "Method Not Allowed (PUT): join" in text
    assert "Not Found: an address that is not ours" in text
    assert "Gone: join" in text


def test_a_fault_is_logged_with_its_traceback_and_by_route(
    clinic: Clinic, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no account for nora@example.org")

    monkeypatch.setattr(joining, "find", broken)
    browser = Browser(raise_request_exception=False)
    response = browser.get(reverse("join", args=["a-secret"]))
    assert response.status_code == 500
    assert "nora" not in response.content.decode()
    text = logged(caplog)
    assert "Internal Server Error: join" in text
    assert "RuntimeError: no account for …@…" in text
    assert "a-secret" not in text


def test_a_row_that_the_database_refused_is_left_out() -> None:
    refused = (
        'psycopg.errors.CheckViolation: new row for relation "block" violates check constraint\n'
        'DETAIL:  Failing row contains (…, {"a01": 5}, …).\nTraceback goes on'
    )
    assert "a01" not in discreet(refused)
    assert discreet(refused).endswith("Traceback goes on")


@pytest.mark.parametrize(
    "error", [SMTPRecipientsRefused({"nora@example.org": (550, b"unknown")}), TimeoutError(), UnicodeError("label")]
)
def test_a_mail_that_fails_names_nobody(
    error: Exception, clinic: Clinic, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(admitting, "send_mail", fails)
    by = User.objects.create_user("alice@example.org")
    client = clinic.clients.create(code=f"C-{uuid4()}", name="Nora")
    way_in = admitting.open_door(client, "nora@example.org", by=by, at=timezone.now())
    assert not way_in.mailed
    assert "nora" not in caplog.text
    assert way_in.link not in caplog.text
    assert type(error).__name__ in caplog.text
