"""The front page's water: Sarah's real series, with boats moored beside it."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.charts.waterline import Berth, harbour, waterline
from mooring.checkins import drawing
from mooring.checkins.models import Series
from mooring.home import my_river, river_words

# Where the quays stand on a page 1280 wide: two thirds for those in therapy, one for who is beside them.
BERTHS = (Berth("rowboat", 48, 816, 150), Berth("ketch", 880, 1232, 1000))
WATER_ENDS = 1170
CAPTION_BEFORE_DIP = 105


@dataclass(frozen=True)
class FrontWater:
    """The same water for a wide page and for a phone, and whose it is."""

    wide: SafeString
    narrow: SafeString
    caption: str


def front_water(email: str) -> FrontWater | None:
    """The waterline of that client's security; None while there is none."""
    found = Series.objects.filter(participation__client__user__email=email, role="security").select_related("figure")
    series = my_river.usual(list(found))
    if series is None or series.figure is None:
        return None
    points, eddies = drawing.levels(series), river_words.eddies(series)
    weeks = (series.last_on - series.first_on).days // 7 + 1
    words = {"weeks": weeks, "figure": series.figure.name}
    caption = _("The waterline is Sarah’s: %(weeks)s weeks with %(figure)s.") % words
    at_dip = None
    if eddies:
        words["week"] = (eddies[0].since - series.first_on).days // 7 + 1
        caption = _("The waterline is Sarah’s: %(weeks)s weeks with %(figure)s, and an eddy in week %(week)s.") % words
        dip = min((p for p in points if eddies[0].since <= p.at <= eddies[0].until), key=lambda p: p.level)
        along = (dip.at - series.first_on).days / max(1, (series.last_on - series.first_on).days)
        at_dip = (along * WATER_ENDS - CAPTION_BEFORE_DIP, caption)
    axis, said = (
        my_river.axis(series),
        _("A waterline, and two boats moored beside it. %(caption)s") % {"caption": caption},
    )
    wide = harbour(points, axis, BERTHS, now=_("now"), caption=at_dip)
    return FrontWater(
        wide=drawing.picture(wide, said),
        narrow=drawing.picture(waterline(points, axis), caption),
        caption=caption,
    )
