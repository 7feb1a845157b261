"""What stands in the clinic afterwards: people by their codes, rivers, historical signals, and nobody notified."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from mooring.alerts.models import Signal
from mooring.checkins.models import Block, CheckIn, DueCheckIn, Series
from mooring.checkins.recompute import recompute
from mooring.checkins.silence import raise_silence
from mooring.people.models import CareRelation, Client, Course, Participation
from mooring.privacy.keyring import keyring
from mooring.privacy.models import AccessEntry, ConsentEvent
from mooring.relationships.models import Figure
from tests.cast import People, Person
from tests.checkins.imports.trying import NOW, Trier

# Sound for eight weeks, then clearly worse for eight: CORE-10 has published precision.
WORSE = "id,date,core-10\n" + "".join(
    f"S-1,{date(2025, 9, 1) + timedelta(weeks=w)},{9 if w < 8 else 27}\n" for w in range(16)
)
FIGURES = (
    "id,date,about," + ",".join(f"ecrrs_{n}" for n in range(1, 10)) + "\n"
    "S-1,2026-01-05,mum,2,2,1,2,6,5,4,5,3\nS-1,2026-01-05,partner,6,6,6,7,1,2,2,1,1\n"
    "S-1,2026-02-05,mum,3,2,1,2,6,5,4,5,3\n"
)


def test_a_person_is_their_code_and_has_no_name(attempt: Trier) -> None:
    attempt(WORSE, prefix="trial-")
    client = Client.objects.get()
    assert (client.code, client.name, client.first_name, client.user) == ("trial-S-1", "", "", None)


def test_the_course_begins_with_the_first_answer_and_care_with_the_import(attempt: Trier, people: People) -> None:
    attempt(WORSE)
    participation = Participation.objects.get()
    assert participation.course.kind == Course.Kind.INDIVIDUAL
    assert participation.course.since == CheckIn.objects.in_order().first().occurred_at
    relation = CareRelation.objects.get()
    assert (relation.clinician, relation.capacity, relation.since) == (people.alice, "therapist", NOW)


def test_whoever_was_named_sees_them_and_nobody_else(attempt: Trier, people: People) -> None:
    attempt(WORSE)
    seen = {
        name: Client.objects.visible_to(getattr(people, name), NOW + timedelta(minutes=1)).count()
        for name in People.__annotations__
    }
    assert seen == {"alice": 1, "bob": 0, "charlie": 0, "dana": 0, "frank": 0, "gil": 0, "olga": 0}


def test_check_ins_say_that_they_were_imported_and_when(attempt: Trier) -> None:
    attempt(WORSE)
    checkin = CheckIn.objects.in_order().first()
    assert (checkin.source, checkin.rater, checkin.rater_user, checkin.topic) == ("import", "client", None, "")
    assert checkin.answered_at == checkin.occurred_at == datetime(2025, 9, 1, 10, tzinfo=UTC)
    assert (checkin.received_at, checkin.zone, checkin.local_date) == (NOW, "Europe/Berlin", date(2025, 9, 1))


def test_there_is_a_river(attempt: Trier) -> None:
    attempt(WORSE)
    series = Series.objects.get()
    assert [point["score"] for point in series.points] == [9] * 8 + [27] * 8
    assert series.last_level == pytest.approx(27, abs=3)
    assert (series.role, series.precision) == ("distress", "published")


def test_signals_are_historical_and_nobody_hears_of_them(attempt: Trier, people: People) -> None:
    tried = attempt(WORSE)
    signals = Signal.objects.all()
    assert "deterioration" in {signal.kind for signal in signals}
    assert all(signal.historical and signal.raised_at == NOW for signal in signals)
    assert not Signal.objects.open().exists()
    assert "Nobody was notified." in tried.said
    assert not mail.outbox
    assert not CheckIn.objects.unread().exists()


def test_nothing_is_scheduled_and_no_silence_follows(attempt: Trier) -> None:
    attempt(WORSE)
    assert not DueCheckIn.objects.exists()
    assert raise_silence(NOW + timedelta(days=90)) == []
    assert not ConsentEvent.objects.exists()


def test_recompute_finds_nothing_to_change(attempt: Trier) -> None:
    attempt(WORSE)
    attempt(FIGURES, raw=["ecr-rs"], join=True)
    done = recompute()
    assert (done.participations, done.series, done.changed) == (1, 5, 0)


def test_each_figure_has_series_of_its_own(attempt: Trier) -> None:
    attempt(FIGURES, raw=["ecr-rs"])
    assert {(f.kind, f.name, f.asked) for f in Figure.objects.all()} == {("mother", "", False), ("partner", "", False)}
    assert {(s.figure.kind, s.scale, len(s.points)) for s in Series.objects.all()} == {
        ("mother", "anxiety", 2),
        ("mother", "avoidance", 2),
        ("partner", "anxiety", 1),
        ("partner", "avoidance", 1),
    }
    assert CheckIn.objects.count() == 2, "both figures were asked about on one occasion"


def test_several_measures_and_raters_of_one_day(attempt: Trier) -> None:
    attempt("id,date,core-10,gad7,phq9\nA1,2026-01-05,12,7,9\n", rater=["phq-9=clinician"])
    found = {(b.checkin.rater, b.instrument_version.key) for b in Block.objects.all()}
    assert found == {("client", "core-10"), ("client", "gad-7"), ("clinician", "phq-9")}
    assert CheckIn.objects.count() == 2


def test_an_item_without_a_column_counts_as_missing(attempt: Trier) -> None:
    nine = "id,date," + ",".join(f"core10_{n}" for n in range(1, 10)) + "\nA1,2026-01-05,1,3,2,2,0,0,4,1,2\n"
    tried = attempt(nine, raw=["core-10"])
    assert "core-10: no column for core10_10; missing throughout." in tried.said
    block = Block.objects.get()
    assert (len(block.items), block.answers["core10_10"]) == (10, None)
    # 1 + 1 + 2 + 2 + 0 + 0 + 4 + 1 + 2 = 13 from nine answers, prorated to ten.
    assert Series.objects.get().points[0]["score"] == pytest.approx(13 / 9 * 10)


def test_a_short_form_is_kept_as_such(attempt: Trier) -> None:
    text = "id,date,sec_safe_1,sec_seen_1,sec_soothed_1,sec_secure_1\nA1,2026-01-05,8,6,7,7\n"
    attempt(text, about=["state-security=partner"])
    assert Block.objects.get().items == ["sec_safe_1", "sec_seen_1", "sec_soothed_1", "sec_secure_1"]
    assert Series.objects.get().points[0]["of"] == 4


def test_the_same_file_twice_changes_nothing(attempt: Trier) -> None:
    def rows() -> list[Any]:
        models = (Client, Course, Participation, CareRelation, CheckIn, Block, Series, Signal, Figure, AccessEntry)
        return [list(model._base_manager.order_by("pk").values_list("pk", flat=True)) for model in models]

    attempt(WORSE)
    before = rows()
    tried = attempt(WORSE, at=NOW + timedelta(days=1))
    assert "Everything was there already. Nothing changed." in tried.said
    assert rows() == before
    assert CheckIn.objects.first().received_at == NOW


def test_other_values_of_an_occasion_that_is_there_are_listed(attempt: Trier) -> None:
    attempt(WORSE)
    other = WORSE.replace("2025-09-08,9\n", "2025-09-08,11\n") + "S-2,2025-09-01,5\n"
    tried = attempt(other)
    assert tried.at(3, "core-10") == "core-10 total of 2025-09-08 is stored as 9"
    assert "--on-conflict keep" in tried.said
    assert not Client.objects.filter(code="S-2").exists()
    attempt(other, on_conflict="keep")
    assert Series.objects.get(participation__client__code="S-1").points[1]["score"] == 9
    assert Client.objects.filter(code="S-2").exists()


def test_showing_what_is_stored_is_a_read_in_the_audit(attempt: Trier) -> None:
    attempt(WORSE)
    attempt(WORSE.replace("2025-09-08,9\n", "2025-09-08,11\n"), dry_run=True)
    entry = AccessEntry.objects.filter(action="read", route="import").get()
    assert entry.subjects == [str(Client.objects.get().pk)]


def test_another_declaration_about_the_same_answers_is_a_conflict(attempt: Trier) -> None:
    attempt(FIGURES, raw=["ecr-rs"])
    tried = attempt(FIGURES, already_keyed=["ecr-rs"])
    assert tried.at(2, "ecr-rs") == "is stored (2026-01-05) with another declaration: the key's range, raw"


def test_people_of_another_file_are_not_taken_for_the_same(attempt: Trier) -> None:
    attempt(WORSE)
    more = "id,date,core-10\nS-1,2026-03-02,8\n"
    tried = attempt(more)
    assert tried.at(2, "id") == "is in the clinic already, and the file brings 1 new blocks of answers"
    assert "If it is the same person, add --join; if not, keep them apart with --prefix." in tried.said
    attempt(more, prefix="b-")
    assert Client.objects.count() == 2
    attempt(more, join=True)
    assert len(Series.objects.get(participation__client__code="S-1").points) == 17


def test_answers_from_before_join_a_living_course(attempt: Trier, sarah: Person) -> None:
    attempt(
        "id,date,about,sec_safe_1,sec_seen_1,sec_soothed_1,sec_secure_1\nC-S,2025-12-01,partner,8,6,7,7\n", join=True
    )
    checkin = CheckIn.objects.get()
    assert checkin.participation == sarah.participation
    assert checkin.blocks.get().figure == sarah.figures["Daniel"], "her only partner"
    assert Client.objects.count() == 1


def test_a_figure_that_could_be_two_of_hers_is_not_chosen(attempt: Trier, sarah: Person) -> None:
    Figure.objects.create(clinic=attempt.clinic, client=sarah.client, kind="friend", name="Jo")
    text = "id,date,about,sec_safe_1,sec_seen_1,sec_soothed_1,sec_secure_1\nC-S,2025-12-01,friend,8,6,7,7\n"
    assert attempt(text, join=True).at(2, "id") == "has 2 figures of the kind friend"


def test_people_of_another_clinician_are_not_given_away(attempt: Trier, sarah: Person, people: People) -> None:
    attempt.clinician = "bob@example.org"
    tried = attempt("id,date,core-10\nC-S,2025-12-01,8\n", join=True)
    assert "bob@example.org does not care for them" in tried.at(2, "id")
    assert not CareRelation.objects.filter(clinician=people.bob).exists()


def test_an_erased_person_is_not_brought_back(attempt: Trier) -> None:
    attempt(WORSE)
    client = Client.objects.get()
    keyring().destroy(client.pk)
    Block.objects.all().delete()
    Series.objects.all().delete()
    CheckIn.objects.all().delete()
    Participation.objects.all().delete()
    client.delete()
    tried = attempt(WORSE + "S-2,2025-09-01,5\n")
    assert "Erased here before, and not brought back: 1 person (S-1)." in tried.said
    assert [one.code for one in Client.objects.all()] == ["S-2"]


def test_a_changed_code_is_noticed(attempt: Trier) -> None:
    attempt(WORSE)
    Client.objects.update(code="Q-77")
    assert attempt(WORSE).at(2, "id") == "is Q-77 now"


def test_the_audit_has_a_row_a_batch_with_everybody_in_it(attempt: Trier, people: People) -> None:
    rows = "".join(f"P{n},2026-01-05,{n % 30}\n" for n in range(50))
    attempt("id,date,core-10\n" + rows)
    entries = AccessEntry.objects.filter(action="import")
    assert 1 <= len(entries) < 50
    subjects = [subject for entry in entries for subject in entry.subjects]
    assert sorted(subjects) == sorted(str(client.pk) for client in Client.objects.all())
    assert entries[0].detail["clinician"] == str(people.alice.pk)


def test_a_lost_key_is_not_papered_over_by_a_new_one(attempt: Trier, settings: Any, tmp_path: Any) -> None:
    attempt(WORSE)
    settings.MOORING_KEYRING = tmp_path / "another" / "keyring.sqlite3"
    if hasattr(keyring(), "make"):
        keyring().make()
    tried = attempt("id,date,core-10\nS-1,2026-03-02,8\n", join=True)
    assert "is not in the keyring; is MOORING_KEYRING the right file?" in tried.refused
    assert CheckIn.objects.count() == 16
