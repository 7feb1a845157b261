"""Let series that are built anew be followed by what the clinic's own answers taught."""

from collections.abc import Sequence

from mooring.checkins import learned
from mooring.checkins.models import CheckIn, Learned, Series
from mooring.relationships.models import Figure


def follow_learned(series: Sequence[Series]) -> None:
    """Put the movement and the expected course in force into each model, by value. One query where nothing was
    learned, two where something was."""
    followed = [one for one in series if one.model and one.rater == CheckIn.Rater.CLIENT]
    if not followed:
        return
    found = Learned.objects.in_force(followed[0].clinic_id, {one.instrument_version_id for one in followed})
    kinds = dict(
        Figure.objects.filter(pk__in={one.figure_id for one in followed if one.figure_id}).values_list("pk", "kind")
        if found
        else ()
    )
    for one in followed:
        place = (one.instrument_version_id, one.scale, kinds.get(one.figure_id, ""))
        movement, course = (found.get((str(what), *place)) for what in (Learned.What.MOVEMENT, Learned.What.COURSE))
        one.model = learned.followed_by(
            one.model,
            learned.measured(vars(one), one.calibration.digest if one.calibration is not None else None),
            next(point["score"] for point in one.points if point["score"] is not None),
            movement=(movement.number, movement.parsed) if movement is not None else None,
            course=(course.number, course.parsed) if course is not None else None,
        )
