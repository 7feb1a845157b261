"""`mooring measure import`, from what was said to the published version. Nothing is kept before all of it is known."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast, get_args
from uuid import uuid4

from django.utils.text import slugify
from rich.console import Console

from mooring import catalogue
from mooring.catalogue import Instrument
from mooring.catalogue.forms import checks
from mooring.catalogue.forms.archive import of_folder
from mooring.catalogue.forms.bind import Decided, OwnScale, bind, misfits, proposed_places, scale_code
from mooring.catalogue.forms.questionnaire import FORMATS, Questionnaire
from mooring.catalogue.forms.read import Wanted, read_path
from mooring.catalogue.model import Direction
from mooring.instruments.fetching import MEASURE_ROLES
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.options import Bringing
from mooring.instruments.own import form_named
from mooring.instruments.publish_form import Attested, keep
from mooring.instruments.words import attestation
from mooring.kit.refused import Refused
from mooring.people.founding import clinic_of
from mooring.people.models import Clinic, Membership, User

NONE = "none"
Missing = list[tuple[str, str]]
"""What is not said yet, and the option that says it."""


def named(clinic: str, key: str) -> Instrument:
    """A measure of the clinic's own; raises LookupError."""
    found = form_named(clinic_of(clinic), key)
    if found is None:
        raise LookupError(f"This clinic has no measure of its own called “{key}”.")
    return found.instrument


def bring(given: Bringing, console: Console) -> InstrumentVersion | None:
    """Publish it, or say what is missing or wrong (Refused, CatalogueError). None: only looked."""
    at = datetime.now(UTC)
    clinic, by = _who(given, at)
    found = read_path(given.file, Wanted(given.language, given.part))
    _show(found, console)
    decided, missing = _decide(given, found, clinic)
    key = catalogue.load(decided.of) if decided.of else None
    _check(decided, found, key, missing)
    if given.dry_run:
        for what, option in missing:
            console.print(f"Still to be said: {what}\n  → {option}", markup=False)
        return None
    if missing:
        listed = "".join(f"\n  {what}\n    → {option}" for what, option in missing)
        raise Refused(given.file.name, "some things only you can know", f"Nothing was kept.{listed}")
    decided, measure = _worked(given, found, decided, key, console)
    words = attestation(clinic.name)
    console.print(f"{words}\n{given.terms}", markup=False)
    if not given.attest:
        raise Refused(given.file.name, "nobody attested this yet", "Add --attest. Nothing was kept.")
    done = keep(clinic, measure, Attested(words, given.terms, at), uuid4(), by=by, at=at)
    scored = measure.unscored or measure.of or ", ".join(scale.title for scale in measure.scales)
    console.print(f"{measure.title} is published as {done.key}, version {done.version}: {scored}", markup=False)
    return done


def _who(given: Bringing, at: datetime) -> tuple[Clinic, User]:
    clinic = clinic_of(given.clinic)
    user = User.objects.filter(email=given.by.strip().lower()).first()
    held = Membership.objects.in_force(at).filter(clinic=clinic, role__in=MEASURE_ROLES)
    if user is None or not held.filter(user=user).exists():
        raise Refused(f"--by {given.by}", f"this is no clinician or administrator of {clinic.name} today", "Name one.")
    return clinic, user


def _show(found: Questionnaire, console: Console) -> None:
    console.print(f"{FORMATS[found.format]}: {found.title}, {len(found.questions)} questions.", markup=False)
    for question in found.questions:
        shown = f"{question.lowest} to {question.highest}"
        console.print(f"  {question.code}  {question.text}  ({shown})", markup=False)
    for one in found.left_out:
        console.print(f"  {one.code}  left out: {one.why}", markup=False)
    for notice in found.notices:
        console.print(notice, markup=False)


def _decide(given: Bringing, found: Questionnaire, clinic: Clinic) -> tuple[Decided, Missing]:
    missing: Missing = []
    key = slugify(given.key or found.title).replace("_", "-")
    if not key or key in set(catalogue.keys()):
        missing.append(("It needs a short name that Mooring itself does not use.", "--key NAME"))
    scoring: Any = NONE if given.unscored else "key" if given.of else "own"
    scales = _scales(given, found, missing) if scoring == "own" else ()
    if scoring == "key" and not given.compared:
        missing.append(("With what was the order of the items compared?", "--compared SOURCE, or --unscored REASON"))
    turned = _marked(given.turned, found, "turned")
    harm = _marked(given.harm, found, "harm")
    if scoring != NONE and turned is None:
        missing.append(("Which questions are worded the other way round? Judge by their words.", "--turned CODES|none"))
    if harm is None:
        missing.append(("Does any question ask about harm to oneself or others?", "--harm CODES|none"))
    if not given.terms.strip():
        missing.append(("Whose questionnaire is it, and why may you use it?", "--terms TEXT"))
    record = [f"The order of the items was compared with: {given.compared}"] if given.compared else []
    newest = InstrumentVersion.objects.filter(clinic=clinic, key=key).order_by("-version").first()
    return Decided(
        key=key or "measure",
        title=given.title or found.title,
        licence=given.terms.strip() or "not attested yet",
        scoring=scoring,
        of=given.of,
        places=_places(given, found) if given.of else {},
        scales=scales,
        out=tuple(_known(code, found, "--leave-out") for code in given.leave_out),
        reversed=turned or (),
        harm=harm or (),
        before=given.before or catalogue.load("distress-risk").wording["en"].before,
        unscored=given.unscored,
        record=tuple(record),
        version=newest.version + 1 if newest is not None else 1,
    ), missing


def _places(given: Bringing, found: Questionnaire) -> dict[str, int]:
    key = catalogue.load(given.of)
    if given.order not in {"own", *(one.code for one in key.orders)}:
        known = ", ".join(["own", *(one.code for one in key.orders)])
        raise Refused(f"--order {given.order}", f"{key.key} has no such order", f"Known: {known}.")
    places = proposed_places(found, key, given.order)
    for one in given.place:
        code, _, number = one.rpartition("=")
        if not number.isdigit():
            raise Refused(f"--place {one}", "this is no place", "Write QUESTION=NUMBER, such as q3=7.")
        places[_known(code, found, "--place")] = int(number)
    return {code: number for code, number in places.items() if code not in given.leave_out}


def _known(code: str, found: Questionnaire, option: str) -> str:
    codes = [question.code for question in found.questions]
    if code not in codes:
        raise Refused(f"{option} {code}", "there is no such question", f"The file has {', '.join(codes)}.")
    return code


def _marked(text: str, found: Questionnaire, option: str) -> tuple[str, ...] | None:
    if not text.strip():
        return None
    if text.strip() == NONE:
        return ()
    return tuple(_known(code.strip(), found, f"--{option}") for code in text.split(",") if code.strip())


def _scales(given: Bringing, found: Questionnaire, missing: Missing) -> tuple[OwnScale, ...]:
    made = []
    for one in given.scale:
        title, _, rest = one.partition("=")
        how, _, codes = rest.partition(":")
        score, _, direction = how.rpartition(",")
        if direction not in get_args(Direction) or score not in {"", "sum", "mean"} or not title.strip():
            raise Refused(f"--scale {one}", "this is no scale", "Write TITLE=better, or TITLE=sum,better:q1,q2.")
        way = cast(Direction, direction)
        if codes:
            items = tuple(_known(code.strip(), found, "--scale") for code in codes.split(","))
            made.append(OwnScale(title.strip(), cast(Any, score or "mean"), way, items))
            continue
        wanted = scale_code(title.strip())
        own = next((s for s in found.calculations if wanted in {scale_code(s.title), scale_code(s.code)}), None)
        if own is None:
            raise Refused(f"--scale {one}", "the file describes no such score", "Write TITLE=sum,better:q1,q2.")
        made.append(OwnScale(title.strip(), cast(Any, score or own.score), way, own.items))
    if not made:
        described = ", ".join(one.title for one in found.calculations) or "none"
        missing.append(
            (f"How is it scored? The file describes: {described}.", "--scale, --of KEY or --unscored REASON")
        )
    return tuple(made)


def _check(decided: Decided, found: Questionnaire, key: Instrument | None, missing: Missing) -> None:
    wrong = misfits(found, decided, key) if key is not None and decided.scoring == "key" else []
    if wrong:
        raise Refused(decided.title, " ".join(wrong).rstrip("."), "Correct it with --place, or say --unscored REASON.")
    differing = [] if missing else list(checks.differences(found, decided, key))
    if differing:
        listed = "".join(f"\n  {one.code}  {one.text}: {_difference(one)}" for one in differing)
        raise Refused(
            decided.title,
            "your marks and the key or the file differ",
            f"Look at the words and the order again, or say --unscored REASON. Nothing was kept.{listed}",
        )


def _difference(one: checks.Difference) -> str:
    if one.about == "harm":
        return "the key says that it asks about harm"
    if one.about == "answers":
        return "its answers run the other way round in the file"
    return "you marked it as turned" if one.marked else "it is turned there, and you did not mark it"


def _worked(
    given: Bringing, found: Questionnaire, decided: Decided, key: Instrument | None, console: Console
) -> tuple[Decided, Instrument]:
    """The measure, once its cases agree."""
    source = f"SHA-256 {_digest(given)}"
    measure = bind(found, decided, key, source)
    if decided.scoring == NONE:
        return decided, measure
    if decided.scoring == "key" and key is not None:
        cases = checks.key_cases(found, decided, key, measure)
        for case in cases:
            console.print(f"Case {case.name}: {_scores(case)}", markup=False)
        if not all(case.agrees for case in cases):
            raise Refused(decided.title, "a case of the key scores otherwise", "Correct the places. Nothing was kept.")
        return decided, measure
    case = checks.example(found, decided, measure)
    for one in case.chosen:
        console.print(f"  {one.text}  →  {one.answer}", markup=False)
    if not given.example:
        wanted = " ".join(f"--example '{scale.title}=SCORE'" for scale in measure.scales)
        raise Refused(decided.title, "nobody has worked this example by hand yet", f"Add {wanted}. Nothing was kept.")
    expected = _expected(given, measure)
    for scale, score in case.computed.items():
        if not checks.same(expected.get(scale), score):
            raise Refused(
                decided.title, f"of {scale} the form gives another score than yours",
                "Work the example above again; if it is right, look at --turned and --scale. Nothing was kept.",
            )  # fmt: skip
    decided = replace(decided, example=checks.as_golden(found, decided, measure, expected))
    return decided, bind(found, decided, key, source)


def _scores(case: checks.Worked) -> str:
    return ", ".join(f"{scale} {'none' if score is None else f'{score:g}'}" for scale, score in case.computed.items())


def _expected(given: Bringing, measure: Instrument) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for one in given.example:
        title, _, score = one.rpartition("=")
        try:
            found[measure.scale(scale_code(title)).code] = float(score.replace(",", "."))
        except (KeyError, ValueError) as error:
            raise Refused(f"--example {one}", "this is no score of a scale", "Write SCALE=SCORE.") from error
    return found


def _digest(given: Bringing) -> str:
    if not given.file.is_dir():
        return hashlib.sha256(given.file.read_bytes()).hexdigest()
    whole = hashlib.sha256()
    for name, content in of_folder(given.file).items():
        whole.update(name.encode() + b"\x00" + hashlib.sha256(content).digest())
    return whole.hexdigest()
