"""The pages with a field for each question: which item it is, on which scale it counts, how it is worded."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mooring import catalogue
from mooring.catalogue import Instrument
from mooring.catalogue.forms import limits
from mooring.catalogue.forms.bind import OWN_ORDER, OwnScale, proposed_places, said
from mooring.catalogue.forms.questionnaire import Calculation, Questionnaire
from mooring.instruments.deciding import as_scales

SCORES = [("mean", _("mean of the answers")), ("sum", _("sum of the answers"))]
DIRECTIONS = [
    ("", _("please choose")),
    ("worse", _("higher is worse")),
    ("better", _("higher is better")),
    ("none", _("neither is better")),
]
SHARES = [
    ("1.0", _("every question answered")),
    ("0.8", _("at least 80 % answered")),
    ("0.5", _("at least half answered")),
]
ASKED, OUT = "asked", "out"
KEPT = [(ASKED, _("asked, not scored")), (OUT, _("left out"))]
SCALES, AT_LEAST = 6, 2


class QuestionsForm(forms.Form):
    """A form with one field a question; `rows` gives question and field for the page."""

    def __init__(self, *args: Any, found: Questionnaire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found

    def rows(self) -> list[tuple[int, str, Any]]:
        """Number, words and field of each question."""
        return [(i, said(one), self[f"q_{i}"]) for i, one in enumerate(self.found.questions, start=1)]

    def _chosen(self) -> dict[str, str]:
        """Question → what was chosen for it."""
        return {one.code: self.cleaned_data[f"q_{i}"] for i, one in enumerate(self.found.questions, start=1)}

    def _out(self) -> list[str]:
        return [code for code, chosen in self._chosen().items() if chosen == OUT]

    def _require_some(self, data: dict[str, Any]) -> None:
        codes = [data.get(f"q_{i}") for i in range(1, len(self.found.questions) + 1)]
        if all(chosen == OUT for chosen in codes):
            self.add_error(None, _("Keep at least one question."))


class KeptForm(QuestionsForm):
    """Which questions stay, where nothing is scored."""

    def __init__(self, *args: Any, given: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for i, one in enumerate(self.found.questions, start=1):
            chosen = OUT if one.code in given.get("out", []) else ASKED
            self.fields[f"q_{i}"] = forms.ChoiceField(label=str(i), choices=KEPT, initial=chosen)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self._require_some(data)
        return data

    def given(self) -> dict[str, Any]:
        """As the draft keeps it."""
        return {"out": self._out(), "places": {}, "scales": []}


class PlacesForm(QuestionsForm):
    """Which item of the key each question is."""

    compared = forms.CharField(
        label=_("With what did you compare the order?"),
        max_length=300,
        help_text=_("The publication, manual or sheet in which the items are numbered. It is kept with the measure."),
        error_messages={"required": _("Say what you compared it with, or publish it without a score.")},
    )

    def __init__(self, *args: Any, key: Instrument, order: str, given: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        proposed = proposed_places(self.found, key, order)
        if given.get("places") and order == OWN_ORDER:
            proposed = given["places"]
        items: list[tuple[str, Any]] = [
            (str(item.number), _("item %(number)s") % {"number": item.number}) for item in key.items
        ]
        for i, one in enumerate(self.found.questions, start=1):
            kept = OUT if one.code in given.get("out", []) else ASKED
            self.fields[f"q_{i}"] = forms.ChoiceField(
                label=str(i), choices=[*items, *KEPT], initial=str(proposed.get(one.code, kept))
            )
        self.fields["compared"].initial = given.get("compared", "")

    def given(self) -> dict[str, Any]:
        """As the draft keeps it."""
        places = {code: int(chosen) for code, chosen in self._chosen().items() if chosen.isdigit()}
        return {"places": places, "out": self._out(), "scales": [], "compared": self.cleaned_data["compared"]}


class ScalesForm(QuestionsForm):
    """Scales that the clinic describes, and on which of them each question counts."""

    total = forms.BooleanField(
        label=_("Also score all these questions together"),
        required=False,
        help_text=_("Under the name Total, made as the first scale is."),
    )

    def __init__(self, *args: Any, given: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept, together = _first_scales(self.found, given)
        for n in range(1, SCALES + 1):
            one = kept[n - 1] if n <= len(kept) else None
            self.fields[f"title_{n}"] = forms.CharField(
                label=_("Name of scale %(number)s") % {"number": n}, max_length=60, required=False,
                initial=one.title if one else "",
            )  # fmt: skip
            for name, label, choices, value in (
                ("score", _("It is the"), SCORES, one.score if one else "mean"),
                ("direction", _("On it"), DIRECTIONS, _direction(given, one)),
                ("share", _("It needs"), SHARES, str(one.share) if one else "1.0"),
            ):
                self.fields[f"{name}_{n}"] = forms.ChoiceField(
                    label=label, choices=choices, initial=value, required=name != "direction"
                )
        numbers = range(1, SCALES + 1)
        on_scales: list[tuple[str, Any]] = [(str(n), _("scale %(number)s") % {"number": n}) for n in numbers]
        for i, question in enumerate(self.found.questions, start=1):
            on = next((str(n) for n, one in enumerate(kept, start=1) if question.code in one.items), ASKED)
            chosen = OUT if question.code in given.get("out", []) else on
            self.fields[f"q_{i}"] = forms.ChoiceField(label=str(i), choices=[*on_scales, *KEPT], initial=chosen)
        self.fields["total"].initial = together
        self.shown = max(AT_LEAST, len(kept) + 1)

    def scales(self) -> list[tuple[Any, ...]]:
        """The fields of each scale that is seen at first."""
        return self._fields()[: self.shown]

    def more_scales(self) -> list[tuple[Any, ...]]:
        """The others."""
        return self._fields()[self.shown :]

    @property
    def more_are_used(self) -> bool:
        """Whether one of the others is named, or wrong: then they stand open."""
        return any(fields[0].value() or any(field.errors for field in fields) for fields in self.more_scales())

    def _fields(self) -> list[tuple[Any, ...]]:
        return [
            tuple(self[f"{name}_{n}"] for name in ("title", "score", "direction", "share"))
            for n in range(1, SCALES + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self._require_some(data)
        used = {data.get(f"q_{i}") for i in range(1, len(self.found.questions) + 1)}
        names = [data.get(f"title_{n}", "").strip() for n in range(1, SCALES + 1)]
        for n, name in enumerate(names, start=1):
            if name and str(n) not in used:
                self.add_error(f"title_{n}", _("No question counts on this scale: choose some, or clear its name."))
            if not name and str(n) in used:
                self.add_error(f"title_{n}", _("Questions count on this scale: give it a name."))
            if name and not data.get(f"direction_{n}"):
                self.add_error(f"direction_{n}", _("Say what a higher score means."))
            if name and slugify(name) in {slugify(other) for other in names[: n - 1] if other}:
                self.add_error(f"title_{n}", _("Another scale has this name."))
        if not any(names):
            self.add_error("title_1", _("Name at least one scale, or go back and choose to make no score."))
        if data.get("total") and "total" in {slugify(name) for name in names}:
            self.add_error("total", _("A scale is called Total already."))
        return data

    def given(self) -> dict[str, Any]:
        """As the draft keeps it."""
        data, chosen = self.cleaned_data, self._chosen()
        made = [
            OwnScale(
                data[f"title_{n}"].strip(),
                data[f"score_{n}"],
                data[f"direction_{n}"],
                tuple(code for code, one in chosen.items() if one == str(n)),
                float(data[f"share_{n}"]),
            )
            for n in range(1, SCALES + 1)
            if data[f"title_{n}"].strip()
        ]
        if data["total"]:
            every = tuple(code for code, one in chosen.items() if one.isdigit())
            made.append(OwnScale(_now("Total"), made[0].score, made[0].direction, every, made[0].share))
        return {"places": {}, "out": self._out(), "scales": as_scales(made), "total": data["total"]}


def _direction(given: dict[str, Any], one: OwnScale | None) -> str:
    """No file says what a higher score means: nothing stands there before a person said it."""
    return one.direction if one is not None and given.get("scales") else ""


def _first_scales(found: Questionnaire, given: dict[str, Any]) -> tuple[list[OwnScale], bool]:
    """What stands in the fields at first: what was decided before, or the sums that the file itself has; and whether
    all is scored together."""
    if given.get("scales"):
        kept = [OwnScale(**{**one, "items": tuple(one["items"])}) for one in given["scales"]]
        return (kept[:-1], True) if given.get("total") else (kept, False)
    sums: list[Calculation] = sorted(found.calculations, key=lambda one: len(one.items))
    alone = [one for one in sums if not any(set(other.items) < set(one.items) for other in sums)]
    made = [OwnScale(one.title[:60], one.score, "worse", one.items) for one in alone[:SCALES]]
    return made, len(alone) < len(sums)


class WordingForm(forms.Form):
    """Marks that are made on the words alone, before anything of the key is shown."""

    any_harm = forms.ChoiceField(
        label=_("Does any question ask about harm to oneself or others: suicide, self-injury, violence?"),
        choices=[("yes", _("Yes, those that I ticked")), ("no", _("No, none of them"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please answer this, even if it seems plain.")},
    )
    before = forms.CharField(
        label=_("Said before the first question, if one asks about harm"),
        required=False,
        max_length=limits.TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, found: Questionnaire, asked: set[str], scored: set[str], given: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = {one.code: i for i, one in enumerate(found.questions, start=1) if one.code in asked}
        self.scored = scored
        for code, i in self.numbers.items():
            if code in scored:
                self.fields[f"turned_{i}"] = forms.BooleanField(
                    label=_("the other way round"), required=False, initial=code in given.get("reversed", [])
                )
            self.fields[f"harm_{i}"] = forms.BooleanField(
                label=_("about harm"), required=False, initial=code in given.get("harm", [])
            )
        if given:
            self.fields["any_harm"].initial = "yes" if given["harm"] else "no"
        usual = catalogue.load("distress-risk").wording["en"].before
        self.fields["before"].initial = given.get("before") or usual

    def marks(self, code: str) -> list[Any]:
        """The ticks of one question."""
        i = self.numbers[code]
        return [self[name] for name in (f"turned_{i}", f"harm_{i}") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        ticked = any(data.get(f"harm_{i}") for i in self.numbers.values())
        if data.get("any_harm") == "yes" and not ticked:
            self.add_error("any_harm", _("Tick the questions that do."))
        if data.get("any_harm") == "no" and ticked:
            self.add_error("any_harm", _("Questions are ticked as asking about harm: say yes, or take the ticks away."))
        if data.get("any_harm") == "yes" and not data.get("before", "").strip():
            self.add_error("before", _("Say that nobody is watching, and whom to call."))
        return data

    def given(self) -> dict[str, Any]:
        """As the draft keeps it."""
        data = self.cleaned_data
        return {
            "reversed": [code for code, i in self.numbers.items() if data.get(f"turned_{i}")],
            "harm": [code for code, i in self.numbers.items() if data.get(f"harm_{i}")],
            "before": " ".join(data["before"].split()),
        }
