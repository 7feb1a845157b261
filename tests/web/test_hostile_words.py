"""Whatever somebody is called and whatever they write, it stays text: in pages, pictures, titles and messages."""

from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse
from django.utils import timezone

from mooring.alerts.models import Acknowledgement
from mooring.checkins.models import CheckIn, DueCheckIn
from tests.cast import People, Person
from tests.checkins.answering import block, security, send
from tests.web.test_access import ROUTES, as_role

__all__ = ["as_role"]
AsRole = Callable[[str], Any]

WORDS = {
    "markup": """<script>alert(1)</script>"><svg onload=alert(1)>' onmouseover='alert(1)' x='""",
    "templates": "{{7*7}} {% debug %} ${7*7} %(name)s %s %n {they} {quote} {0} {figure}",
    "entities": "&lt;script&gt; &#60;b&#62; --> <!-- ]]> <![CDATA[ \\u003cscript\\u003e \\n \\",
    "unseen": "\u202eabc\u202c \u2066def\u2069 \u200b\u200d\ufeff a\x01b\x0bc\x1f e" + "\u0301" * 40,
    "lines": "one\ntwo\r\nthree\ttabbed 👩‍👩‍👧‍👦🏴‍☠️👩‍👩‍👧‍👦🏴‍☠️" + "W" * 30,
    "pictures": """{"mark": "text", "expr": "alert(1)"} datum.name' + alert(1) + '""",
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """Notes every element that could run something, and whether elements close in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and not str(given.get("src", "")).startswith("/static/"):
            self.wrong.append(f"script {given}")
        for name, value in attrs:
            leads_away = name in {"href", "src", "action", "formaction"} and ":" in (value or "").split("/")[0]
            if name.startswith("on") or name == "style" or (leads_away and not str(value).startswith("tel:")):
                self.wrong.append(f"{tag} {name}={value}")
        if tag in {"iframe", "object", "embed", "base"}:
            self.wrong.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if tag in {"p", "li"} or not self.open or self.open[-1] != tag:
            while (
                self.open
                and self.open[-1] in {"p", "li", "path", "circle", "use", "rect", "line"}
                and tag not in {self.open[-1]}
            ):
                self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()


def harmless(response: Any) -> None:
    assert response.status_code in {200, 422}, response.status_code
    page = Page()
    page.feed(response.content.decode())
    assert page.wrong == []
    for part in response.content.decode().split("<svg ")[1:]:
        ET.fromstring("<svg " + part.split("</svg>")[0] + "</svg>")  # a broken picture would raise


@pytest.fixture(params=WORDS)
def words(request: pytest.FixtureRequest) -> str:
    return WORDS[request.param]


@pytest.fixture
def theirs(words: str, sarah: Person, john: Person, people: People) -> dict[str, Any]:
    """Everybody and everything is called by the hostile words."""
    sarah.client.clinic.name = words[:120]
    sarah.client.clinic.crisis_lines = [{"name": words, "number": words, "hours": words, "source": words}]
    sarah.client.clinic.save()
    for person in (sarah, john):
        person.client.name = person.client.first_name = words
        person.client.save()
        for figure in person.figures.values():
            figure.name = words
            figure.save()
    for user in (people.alice, sarah.user):
        user.name = words
        user.save()
    start = timezone.now() - timedelta(weeks=12)
    daniel = sarah.figures["Daniel"]
    for week, value in enumerate([4, 4, 8, 8, 8, 8, 8, 8, 4, 4]):
        at = start + timedelta(weeks=week)
        blocks = (security(sarah, value), block("attachment", 3, daniel), block("session-alliance", 4))
        sent = send(sarah, *blocks, at=at, topic=words * 3).checkin
        sent.readings.create(clinic_id=sent.clinic_id, by=people.alice, at=at)
    CheckIn.objects.in_order().last().readings.all().delete()
    signal = sarah.participation.signals.all()[0]
    Acknowledgement.objects.create(
        clinic_id=signal.clinic_id,
        client_id=sarah.client.pk,
        signal=signal,
        by=people.alice,
        kind="not-useful",
        reason=words,
        at=timezone.now(),
    )
    present = timezone.now()
    due = DueCheckIn.objects.create(
        clinic=sarah.client.clinic,
        plan=sarah.plan,
        participation=sarah.participation,
        due_on=present.date() + timedelta(days=700),
        opens_at=present - timedelta(hours=1),
        closes_at=present + timedelta(days=5),
    )
    return {
        "figure": daniel.pk,
        "due": due.pk,
        "number": 1,
        "participation": sarah.participation.pk,
        "checkin": CheckIn.objects.in_order().last().pk,
        "signal": signal.pk,
        "secret": "not-ours",
    }


def test_pages_stay_harmless(theirs: dict[str, Any], words: str, as_role: AsRole) -> None:
    phone, desk = as_role("sarah"), as_role("alice")
    for route in ("home:today", "home:river", "home:how_i_have_been", "home:people", "crisis"):
        parts = {part: theirs[part] for part in ROUTES[route][1]}
        harmless(phone.get(reverse(route, kwargs=parts)))
    phone.post(reverse("checkins:checkin", args=[theirs["due"]]))
    for number in range(1, 5):
        harmless(phone.get(reverse("checkins:question", args=[theirs["due"], number])))
    harmless(phone.post(reverse("checkins:topic", args=[theirs["due"]]), {"topic": words * 3, "answered_at": "x"}))
    for route in ("caseload:caseload", "caseload:everyone", "caseload:case", "caseload:brief", "caseload:plan"):
        address = reverse(route, kwargs={part: theirs[part] for part in ROUTES[route][1]})
        for opened in ("", f"?open={theirs['participation']}", f"?open={theirs['signal']}"):
            harmless(desk.get(address + opened))
    harmless(desk.post(reverse("caseload:everyone"), {"find": words}))
    for route, given in (
        ("caseload:read", {"shown_at": timezone.now().isoformat()}),
        ("caseload:talked", {}),
        ("caseload:acknowledge", {"kind": "talked", "back": "case"}),
        ("caseload:figure", {"kind": words, "name": words}),
    ):
        parts = {part: theirs[part] for part in ROUTES[route][1]}
        harmless(desk.post(reverse(route, kwargs=parts), given, follow=True))


def test_a_newcomer_of_that_name_is_taken_in_or_refused_in_words(words: str, as_role: AsRole, sarah: Person) -> None:
    given = {
        "made_id": str(uuid4()),
        "name": words[:80],
        "first_name": words[:80],
        "pronouns": "they",
        "code": "C-900",
        "weekday": "2",
        "reading_weekday": "3",
        "reading_time": "16:50",
        "kind_1": "partner",
        "figure_1": words[:80],
        "email": words,
    }
    harmless(as_role("alice").post(reverse("caseload:admit"), given))
    harmless(as_role("alice").post(reverse("caseload:admit"), given | {"email": "new@example.org"}))
    harmless(as_role("alice").get(reverse("caseload:everyone")))
