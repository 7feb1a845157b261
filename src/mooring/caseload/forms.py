"""What a clinician writes down when a client is taken in, and when what was agreed changes."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from mooring.caseload.admitting import NewFigure, Rhythm
from mooring.checkins.agree import Agreement
from mooring.checkins.models import CheckInPlan
from mooring.instruments.models import InstrumentVersion
from mooring.people.admit import Newcomer
from mooring.relationships.models import Figure

KINDS = [("", _("nobody yet")), *Figure.Kind.choices]
DAYS = list(WEEKDAYS.items())
# Most people name two or three at first; the other rows stand folded away.
FIGURES, AT_FIRST = 6, 3
FOUR_QUESTIONS = _("Each time, four short questions ask how safe, seen, soothed or secure it felt with them.")


class RhythmFields(forms.Form):
    """Which day is asked, and when somebody reads it."""

    weekday = forms.TypedChoiceField(label=_("The check-in is due on"), choices=DAYS, coerce=int, initial=2)
    reading_weekday = forms.TypedChoiceField(label=_("You read it on"), choices=DAYS, coerce=int, initial=3)
    reading_time = forms.TimeField(
        label=_("At"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Please choose a time: the client is told it.")},
        help_text=_("The client sees day and time, and that nobody watches the answers until then."),
    )


class AdmitForm(RhythmFields):
    """A new client."""

    made_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name, as you call them"),
        max_length=80,
        error_messages={"required": _("Please write what you call them.")},
    )
    first_name = forms.CharField(
        label=_("First name, as they are greeted"),
        max_length=80,
        required=False,
        help_text=_("Left empty, it is the first word of the name."),
    )
    pronouns = forms.ChoiceField(
        label=_("Pronouns"), choices=[("she", _("she")), ("he", _("he")), ("they", _("they"))], initial="they"
    )
    code = forms.SlugField(
        label=_("Code"),
        max_length=64,
        help_text=_("What may stand in logs and files instead of the name."),
    )
    email = forms.EmailField(
        label=_("E-mail for the invitation"),
        required=False,
        help_text=_("May be left for later: then nobody is invited yet."),
    )
    security = forms.ChoiceField(
        label=_("Security is asked with"), required=False, initial="1", help_text=FOUR_QUESTIONS
    )

    field_order = (
        "made_id", "name", "first_name", "pronouns", "code", "email",
        "weekday", "reading_weekday", "reading_time", "security",
    )  # fmt: skip

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].initial = code
        self.fields["made_id"].initial = uuid4()
        for number in range(1, FIGURES + 1):
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label=_("Person %(number)s, their") % {"number": number}, choices=KINDS, required=False
            )
            self.fields[f"figure_{number}"] = forms.CharField(label=_("Called"), max_length=80, required=False)
        self.fields["figure_1"].help_text = _("As the client says it, such as Mum or Daniel.")
        rows = [(str(n), _("person %(number)s") % {"number": n}) for n in range(1, FIGURES + 1)]
        self.fields["security"].choices = [("", _("nobody")), *rows]  # type: ignore[attr-defined]

    def rows(self) -> list[tuple[Any, Any]]:
        """The figures' fields in pairs, for the page: those that are seen at first."""
        return self._rows()[:AT_FIRST]

    def more_rows(self) -> list[tuple[Any, Any]]:
        """The others."""
        return self._rows()[AT_FIRST:]

    @property
    def more_are_used(self) -> bool:
        """Whether one of the others is filled in, or wrong: then they stand open."""
        return any(field.value() or field.errors for pair in self.more_rows() for field in pair)

    def _rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"kind_{n}"], self[f"figure_{n}"]) for n in range(1, FIGURES + 1)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for number in range(1, FIGURES + 1):
            if data.get(f"figure_{number}") and not data.get(f"kind_{number}"):
                self.add_error(f"kind_{number}", _("Say who this is, or leave the name out."))
        chosen = data.get("security")
        if chosen == "1" and not any(data.get(f"kind_{n}") for n in range(1, FIGURES + 1)):
            # What stood there from the start, where nobody was named.
            chosen = data["security"] = ""
        if chosen and not data.get(f"kind_{chosen}"):
            self.add_error("security", _("Choose one of the people you filled in, or nobody."))
        return data

    def newcomer(self) -> Newcomer:
        """Who is taken in."""
        data = self.cleaned_data
        made_id: UUID = data["made_id"]
        first = data["first_name"] or data["name"].split()[0]
        return Newcomer(made_id, data["name"], first, data["pronouns"], data["code"])

    def figures(self) -> list[NewFigure]:
        """The figures that were filled in."""
        return [NewFigure(self.cleaned_data[f"kind_{n}"], self.cleaned_data[f"figure_{n}"]) for n in self._given()]

    def rhythm(self) -> Rhythm:
        """What was agreed."""
        data = self.cleaned_data
        chosen = self._given().index(int(data["security"])) if data["security"] else None
        return Rhythm(data["weekday"], data["reading_weekday"], data["reading_time"], chosen)

    def _given(self) -> list[int]:
        return [n for n in range(1, FIGURES + 1) if self.cleaned_data[f"kind_{n}"]]


class PlanForm(RhythmFields):
    """What is agreed with a client now."""

    every_weeks = forms.TypedChoiceField(
        label=_("How often"),
        choices=[(1, _("every week")), (2, _("every second week")), (4, _("every fourth week"))],
        coerce=int,
        initial=1,
    )
    security_figure = forms.ModelChoiceField(
        label=_("Security is asked with"),
        queryset=Figure.objects.none(),
        required=False,
        help_text=FOUR_QUESTIONS,
    )

    own_measure = forms.ModelChoiceField(
        label=_("Also asked: a questionnaire of your clinic"),
        queryset=InstrumentVersion.objects.none(),
        required=False,
        help_text=_("In its turn it stands in the place of other questions; a check-in never asks more than sixteen."),
    )
    own_every = forms.TypedChoiceField(
        label=_("How often it is asked"),
        choices=[(1, _("every check-in")), (2, _("every second check-in")), (4, _("every fourth check-in"))],
        coerce=int,
        required=False,
        empty_value=None,
    )

    field_order = (
        "every_weeks",
        "weekday",
        "reading_weekday",
        "reading_time",
        "security_figure",
        "own_measure",
        "own_every",
    )

    def __init__(
        self, *args: Any, figures: Any, names: dict[Any, str], own: Any, plan: CheckInPlan | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["security_figure"]
        field.queryset = figures
        field.empty_label = _("nobody")
        field.label_from_instance = lambda figure: names.get(figure.pk, "")
        measures: Any = self.fields["own_measure"]
        measures.queryset = own
        measures.empty_label = _("none")
        measures.label_from_instance = lambda version: version.instrument.title
        if plan is not None:
            for name in ("every_weeks", "weekday", "reading_weekday", "reading_time", "own_every"):
                self.fields[name].initial = getattr(plan, name)
            self.fields["security_figure"].initial = plan.security_figure_id
            measures.initial = plan.own_measure_id
        if not own.exists():
            del self.fields["own_measure"], self.fields["own_every"]

    def agreement(self) -> Agreement:
        """What was agreed."""
        data = self.cleaned_data
        figure, own = data["security_figure"], data.get("own_measure")
        return Agreement(
            data["weekday"],
            data["every_weeks"],
            figure.pk if figure is not None else None,
            data["reading_weekday"],
            data["reading_time"],
            own.pk if own is not None else None,
            data.get("own_every") or 4,
        )


class FigureForm(forms.Form):
    """One more figure."""

    kind = forms.ChoiceField(label=_("Somebody else: their"), choices=Figure.Kind.choices)
    name = forms.CharField(label=_("Called"), max_length=80, required=False)


class InviteForm(forms.Form):
    """Where an invitation goes."""

    email = forms.EmailField(label=_("E-mail for the invitation"))
