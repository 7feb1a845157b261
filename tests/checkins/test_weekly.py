"""At most sixteen questions, and everyone's first month is on the map."""

from datetime import timedelta

from mooring.checkins.weekly import ALLIANCE, ATTACHMENT, compose, turn
from mooring.relationships.models import Figure
from tests.cast import Person


def test_never_more_than_sixteen_questions(sarah: Person) -> None:
    for week in range(40):
        due_on = sarah.plan.first_due_on + timedelta(weeks=week)
        assert sum(len(block.items) for block in compose(sarah.plan, due_on)) <= 16


def test_each_figure_is_asked_once_before_the_alliance_takes_turns(sarah: Person) -> None:
    figures = list(Figure.objects.filter(client=sarah.client))
    first = [turn(week, figures) for week in range(5)]
    assert [measure for measure, _ in first] == [ATTACHMENT] * 5
    assert [figure for _, figure in first] == figures
    later = [turn(week, figures)[0] for week in range(5, 13)]
    assert later == [ALLIANCE, ATTACHMENT] * 4


def test_every_figure_has_its_month_within_half_a_year(sarah: Person) -> None:
    figures = list(Figure.objects.filter(client=sarah.client))
    asked = [figure for week in range(5, 26) for _, figure in [turn(week, figures)] if figure]
    assert set(asked) == set(figures)


def test_figures_that_are_not_to_be_asked_about_are_left_out(sarah: Person) -> None:
    Figure.objects.filter(client=sarah.client, name__isnull=False).exclude(kind="partner").update(asked=False)
    for week in range(12):
        for block in compose(sarah.plan, sarah.plan.first_due_on + timedelta(weeks=week)):
            assert block.figure in {None, str(sarah.figures["Daniel"].pk)}


def test_without_a_figure_for_security_the_rest_is_asked(sarah: Person) -> None:
    sarah.plan.security_figure = None
    keys = [len(block.items) for block in compose(sarah.plan, sarah.plan.first_due_on)]
    assert keys == [4, 8]


def test_myself_is_not_on_the_plane(sarah: Person) -> None:
    Figure.objects.filter(client=sarah.client).update(kind="self")
    figures = list(Figure.objects.filter(client=sarah.client))
    assert {turn(week, figures)[0] for week in range(10)} == {ALLIANCE}
