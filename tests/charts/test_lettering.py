from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mooring.charts.lettering import shapes_of, shortened, width, wrap
from mooring.charts.points import woven
from tests.charts import made_up as m


def test_room_is_kept_for_wider_fonts():
    # Roboto's own advance of this line at 16 px is 353 px, Noto Serif's 376 px (read from the font files)
    line = "The message I wrote on Sunday and did not send."
    assert 353 * 1.14 < width(line, 16) < 353 * 1.16
    assert 376 * 1.07 < width(line, 16, "voice") < 376 * 1.09


def test_letters_of_other_languages_have_a_width():
    assert width("é", 16) == width("e", 16)
    assert width("e\u0301", 16) == width("e", 16)
    assert width("漢", 16) > width("m", 16)
    assert width("Ж", 16) > 0


@given(st.text(max_size=120), st.floats(30, 300))
def test_no_line_is_wider_than_its_room(text: str, room: float):
    lines = wrap(text, room, 16)
    assert all(width(line, 16) <= room or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split()) or "\u00a0" in text or not text.isascii()


def test_a_no_break_space_holds_words_together():
    assert wrap("back in 4\u00a0weeks", 60, 13) == ["back in", "4\u00a0weeks"]


def test_every_sensible_number_of_lines_is_offered_and_no_word_is_broken():
    offered = shapes_of("“No answer all evening. I wrote six more times.”", 160, 16, "voice")
    assert [len(lines) for lines, _ in offered] == sorted({len(lines) for lines, _ in offered})
    for lines, _ in offered:
        assert " ".join(lines) == "“No answer all evening. I wrote six more times.”"
    assert shapes_of("Donaudampfschifffahrtsgesellschaft", 100, 16) == []
    assert shapes_of("  ", 100, 16) == []


def test_what_is_too_long_ends_with_an_ellipsis_inside_its_quotation_marks():
    assert shortened("“Short enough.”", 40) == "“Short enough.”"
    assert shortened("“It was a long quiet Sunday and nobody needed anything.”", 30) == "“It was a long quiet Sunday…”"


def test_a_day_is_in_a_gap_strictly_between_answers_far_apart_or_after_the_last():
    days = [m.START + timedelta(days=n) for n in range(0, 43, 7)]
    levels = [(day, 5.0, 4.0, 6.0) for day in days]
    answers = {days[0]: 5.0, days[1]: None, days[3]: 4.0, days[4]: 4.5}
    points = woven(levels, answers)
    assert [p.answered for p in points] == [True, True, False, True, True, False, False]
    assert [p.score for p in points] == [5.0, None, None, 4.0, 4.5, None, None]
