"""What no file can say is asked: at the keyboard one by one, otherwise all at once, and nothing is imported."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mooring.checkins.models import Block, CheckIn
from tests.checkins.imports.trying import Trier

CORE = "id,date," + ",".join(f"core10_{n}" for n in range(1, 11)) + "\nA1,2026-01-05,1,3,2,2,0,0,4,1,2,3\n"
RS = "id,date," + ",".join(f"ecrrs_{n}" for n in range(1, 10)) + "\nA1,2026-01-05,2,2,1,2,6,5,4,5,3\n"


def answering(*answers: str) -> tuple[list[str], object]:
    asked: list[str] = []

    def ask(text: str, choices: Sequence[str]) -> str:
        asked.append(text)
        return answers[len(asked) - 1]

    return asked, ask


def test_raw_or_turned_is_never_assumed(attempt: Trier) -> None:
    tried = attempt(CORE)
    assert "core-10: were its reversed items (2, 3) turned before they came into this file?" in tried.refused
    assert "--raw core-10 or --already-keyed core-10 or --coding core-10=camcops" in tried.refused
    assert "CamCOPS stores items 2 and 3 already turned" in tried.refused
    assert not CheckIn.objects.exists()


def test_it_is_not_asked_where_nothing_is_reversed(attempt: Trier) -> None:
    attempt("id,date,phq9_1,phq9_2,phq9_3\nA1,2026-01-05,1,1,1\n")
    attempt("id,date,core-10\nA2,2026-01-05,12\n")
    assert Block.objects.count() == 2


def test_all_open_points_are_listed_together(attempt: Trier) -> None:
    tried = attempt(RS.replace("2026-01-05", "05/01/2026"))
    assert "3 questions" in tried.refused
    for option in ("--dates day-first", "--raw ecr-rs", "--about ecr-rs=partner"):
        assert option in tried.refused


def test_at_the_keyboard_they_are_asked_one_by_one(attempt: Trier) -> None:
    asked, ask = answering("day-first", "raw", "mother", "yes")
    attempt(RS.replace("2026-01-05", "05/01/2026"), ask=ask, yes=False)
    assert [text.split("?")[0] for text in asked] == [
        "How are the values of “date” to be read",
        "ecr-rs: were its reversed items (1, 2, 3, 4) turned before they came into this file",
        "ecr-rs is asked about one person at a time. About whom are these answers",
        "Is everything above right, and shall it be imported",
    ]
    block = Block.objects.get()
    assert (block.figure.kind, block.already_keyed, block.checkin.local_date.isoformat()) == (
        "mother",
        False,
        "2026-01-05",
    )


def test_a_guess_that_nobody_confirms_is_not_imported(attempt: Trier) -> None:
    tried = attempt("id,date,gad7\nA1,2026-01-05,12\n", yes=False)
    assert "a guess that nobody has confirmed. Add --yes, or give a map with --map" in tried.refused
    _, ask = answering("no")
    assert "not confirmed" in attempt("id,date,gad7\nA1,2026-01-05,12\n", yes=False, ask=ask).refused
    assert not CheckIn.objects.exists()


def test_a_map_given_as_a_file_needs_no_further_word(attempt: Trier, tmp_path: Path) -> None:
    tried = attempt(RS, write_map=tmp_path / "map.toml", raw=["ecr-rs"])
    assert "The map is in" in tried.said
    assert not CheckIn.objects.exists()
    written = (tmp_path / "map.toml").read_text(encoding="utf-8")
    (tmp_path / "map.toml").write_text(written.replace('key = "ecr-rs"', 'key = "ecr-rs"\nfigure = "friend 2"'))
    attempt(RS, map=tmp_path / "map.toml", yes=False)
    assert Block.objects.get().figure.name == "friend 2"


def test_a_question_mark_left_in_the_map_is_still_a_question(attempt: Trier, tmp_path: Path) -> None:
    attempt(CORE, write_map=tmp_path / "map.toml")
    assert 'keyed = "?"  # raw, or already' in (tmp_path / "map.toml").read_text(encoding="utf-8")
    assert "were its reversed items" in attempt(CORE, map=tmp_path / "map.toml").refused


ECR_R = "id,date," + ",".join(f"ecrr_{n}" for n in range(1, 37)) + "\nA1,2026-01-05" + ",4" * 36 + "\n"


def test_an_order_that_the_catalogue_could_not_confirm_has_to_be_checked(attempt: Trier, tmp_path: Path) -> None:
    assert "ecr-r is printed in more than one order" in attempt(ECR_R, raw=["ecr-r"]).refused
    tried = attempt(ECR_R, raw=["ecr-r"], order=["ecr-r=interleaved"])
    assert "Compare it with the form at hand, then write order_checked = true in the map" in tried.refused
    attempt(ECR_R, raw=["ecr-r"], order=["ecr-r=interleaved"], write_map=tmp_path / "map.toml")
    map_text = (
        (tmp_path / "map.toml")
        .read_text()
        .replace('order = "interleaved"', 'order = "interleaved"\norder_checked = true')
    )
    (tmp_path / "map.toml").write_text(map_text)
    attempt(ECR_R.replace(",4,4,4,4", ",1,7,2,6", 1), map=tmp_path / "map.toml")
    block = Block.objects.get()
    # Interleaved: odd places are anxiety 1, 2, …, even places avoidance 19, 20, …
    assert block.items[:4] == ["ecrr_1", "ecrr_19", "ecrr_2", "ecrr_20"]
    assert [block.answers[code] for code in block.items[:4]] == [1, 7, 2, 6]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"clinic": "nowhere"}, "There is no clinic “nowhere”"),
        ({"clinician": "bob@example.com"}, "this is no clinician of Quayside Practice today. Invite them first"),
        ({"clinician": "gil@example.org"}, "this is no clinician of Quayside Practice today"),
        ({"clinician": "olga@example.org"}, "this is no clinician of Quayside Practice today"),
        ({"measure": ["phq"]}, "Did you mean 'phq-9'"),
        ({"person": "patient"}, "it has no column “patient”. It has id, date, gad7"),
        ({"raw": ["phq-9"]}, "--raw phq-9: the map has no such measure. It has gad-7"),
        ({"range": ["gad-7=1-4"]}, "this is no range. Write --range gad-7=1:5"),
        ({"range": ["gad-7"]}, "it does not say for which measure"),
        ({"range": ["gad-7=4:1"]}, "does not rise"),
        ({"dates": "american"}, "--dates american: there is no such way to read them"),
        ({"start": "yesterday", "dates": "days"}, "--start yesterday: this is no date"),
        ({"missing": ["3"]}, "missing code 3: it is one of the answers of gad-7"),
        ({"about": ["gad-7=boss"]}, "“boss” is no kind of figure. Write one of mother, father"),
        ({"rater": ["gad-7=nurse"]}, "nobody of that kind rates. Write client, clinician, partner"),
        ({"coding": ["gad-7=upside-down"]}, "coding of gad-7: “upside-down” is not known. Known: none"),
        ({"occasion": ["pre"]}, "--occasion pre: it does not say when"),
    ],
)
def test_an_option_that_cannot_be_meant_is_named_with_the_mend(
    attempt: Trier, said: dict[str, object], says: str
) -> None:
    try:
        refused = attempt("id,date,gad7\nA1,2026-01-05,12\n", **said).refused
    except (LookupError, ValueError) as error:
        refused = str(error)
    assert says in refused
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("map_text", "says"),
    [
        ('shape = "occasion"', "'occasion' is not known. Use 'occasions'"),
        ('shape = "occasions"\npersons = "id"', "unknown field 'persons'. Did you mean 'person'"),
        (
            'shape = "occasions"\nperson = "id"\n[[measures]]\nkey = "phq-8"\ncolumns = {}',
            "measure phq-8: it is neither",
        ),
        (
            'shape = "occasions"\nperson = "id"\ntime = { column = "date", reading = "iso" }\n[[measures]]\n'
            'key = "gad-7"\ncolumns = { gad7 = "gad7_8" }',
            "column gad7: gad-7 has no “gad7_8”. It has gad7_1 to gad7_7",
        ),
        (
            'shape = "occasions"\nperson = "id"\ntime = { column = "date", reading = "iso" }\n[[measures]]\n'
            'key = "gad-7"\ncolumns = { gad = "total" }',
            "the file has no column “gad”",
        ),
        (
            'shape = "persons"\nperson = "id"\ntime = { reading = "iso" }\n[[measures]]\nkey = "gad-7"\n'
            'columns = { gad7 = "total@pre" }',
            "column gad7: occasion “pre” has no time",
        ),
        (
            'shape = "occasions"\nperson = "date"\ntime = { column = "date", reading = "iso" }\n[[measures]]\n'
            'key = "gad-7"\ncolumns = { date = "total" }',
            "column date: it is mapped twice",
        ),
    ],
)
def test_a_map_that_contradicts_itself_or_the_file_is_refused(attempt: Trier, map_text: str, says: str) -> None:
    columns = attempt.file(map_text, "map.toml")
    try:
        refused = attempt("id,date,gad7\nA1,2026-01-05,12\n", map=columns).refused
    except ValueError as error:
        refused = str(error)
    assert says in refused
    assert not CheckIn.objects.exists()


def test_what_the_catalogue_knows_of_such_files_is_offered(attempt: Trier) -> None:
    csi = "id,date," + ",".join(f"csi16_{n}" for n in range(1, 17)) + "\nA1,2026-01-05" + ",3" * 16 + "\n"
    tried = attempt(csi, dry_run=True)
    assert "The file holds the box ticked" in tried.said
    assert "Then add --coding csi-16=box_positions." in tried.said


def test_a_map_that_is_there_is_not_overwritten(attempt: Trier, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text("edited for an hour")
    tried = attempt(CORE, write_map=tmp_path / "map.toml")
    assert "there is such a file already. Choose another name for the map." in tried.refused
    assert (tmp_path / "map.toml").read_text() == "edited for an hour"
