"""What the page is made of: tables, blocks, colours, the places of names, and the question in a stored request."""

import base64
import csv
import io
import json
import zlib
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.ledger.call import Call
from escalade.report.html.block import block
from escalade.report.html.cells import Column, Estimate, Table
from escalade.report.html.charts.placing import Label, placed
from escalade.report.html.palette import COLOURS, MARKS, WORDS, style_sheet
from escalade.report.html.question import asked_of
from escalade.store import CallRow

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_a_block_is_safe_in_html_and_loses_nothing(value):
    """Whatever is in it, it has letters, digits and three signs only, and unpacks to what was packed."""
    data = block("x", value).data
    assert not set(data) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    assert json.loads(zlib.decompress(base64.b64decode(data), wbits=31)) == value


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))


@given(st.lists(st.tuples(texts, st.floats(0, 1)), max_size=5))
def test_a_table_comes_back_from_its_file(rows):
    """Every text and every figure, exactly; a text that a spreadsheet would compute is marked as text."""
    table = Table(slug="t", title="t", columns=(Column("name"), Column("share", "share")), rows=rows)
    heads, *read = csv.reader(io.StringIO(table.as_csv(), newline=""))
    assert heads == ["name", "share"]
    for (name, share), (text, number) in zip(rows, read, strict=True):
        assert float(number) == share
        assert text in (name, f"'{name}")
        assert text[:1] not in ("=", "+", "-", "@")


def test_cells_are_read_by_people():
    """Hundreds, dollars, points, thousands; what is not known is a dash and never a number."""
    forms = ("share", "usd", "points", "count", "number", "p", "share")
    columns = tuple(Column(form, form) for form in forms)
    row = (Estimate(0.5, 0.4, 0.6), Decimal("0.0123"), Estimate(-0.02, -0.05, 0.01), 1234, 0.12345, 1e-9, None)
    table = Table(slug="t", title="t", columns=columns, rows=[row, (Estimate(None), None, None, 0, 5e6, 0.04, 1)])
    assert [*table.shown()] == [
        ["50.0 % [40.0, 60.0]", "$0.0123", "-2.0 [-5.0, +1.0]", "1,234", "0.123", "< 0.0001", "-"],
        ["-", "-", "-", "0", "5,000,000", "0.04", "100.0 %"],
    ]


def luminance(colour):
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("paper", ["paper", "card"])
def test_words_and_marks_stand_out(scheme, paper):
    """4.5 to 1 for words, 3 to 1 for marks, in both schemes and on both papers."""
    ground = getattr(COLOURS[paper], scheme)
    for name in (*WORDS, *MARKS):
        assert contrast(getattr(COLOURS[name], scheme), ground) >= (4.5 if name in WORDS else 3), name


def test_every_colour_has_one_light_spelling():
    """Else the style sheet could not tell two of them apart in a drawing."""
    for (one, first), (other, second) in combinations(COLOURS.items(), 2):
        assert first.light != second.light, f"{one} and {other}"
    assert '[fill="#0d6b72"]{fill:var(--team)}' in style_sheet()


def test_names_of_neighbours_do_not_cover_one_another():
    """Three points nearly in one place: their names are in three."""
    labels = [Label("first", 100, 100), Label("second", 104, 102), Label("third", 98, 98)]
    boxes = []
    for label, at in zip(labels, placed(labels, [], 300, 300), strict=True):
        left = label.x + at.dx - (0 if at.dx > 0 else 6 * len(label.text))
        boxes.append((left, label.y + at.dy, left + 6 * len(label.text)))
    for one, other in combinations(boxes, 2):
        assert abs(one[1] - other[1]) >= 11 or one[2] <= other[0] or other[2] <= one[0]


def test_a_name_stands_nearest_to_its_own_point():
    """Of two points side by side, the left one's name is not read as the right one's, nor the other way round."""
    right, left = placed([Label("right one", 96, 100), Label("left one", 85, 104)], [], 300, 300)
    assert right.dx > 0 > left.dx


@given(st.lists(st.tuples(st.text(min_size=1, max_size=12), st.floats(0, 300), st.floats(0, 300)), max_size=12))
def test_every_name_has_a_place(points):
    """However many and wherever, one each; in the lower right corner it is above and to the left."""
    found = placed([Label(*point) for point in points], [], 300, 300)
    assert len(found) == len(points)
    (edge,) = placed([Label("at the edge", 299, 299)], [], 300, 300)
    assert edge.dx < 0
    assert edge.dy < 0


def row(request):
    return CallRow(call=Call(id="c", model="m"), request=request)


@pytest.mark.parametrize(
    "sent",
    [
        {"model": "m", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "Why?"}]},
        [[{"role": "user", "content": "Why?"}], {"max_tokens": 8}, [], None],
        ["item-1", [{"content": "Why?", "role": "user"}]],
    ],
    ids=["wire", "simulated", "recorded"],
)
def test_the_question_is_found_in_every_form_of_request(sent):
    """What the user says, and not the system."""
    assert asked_of(row(json.dumps(sent).encode())) == "Why?"


@given(json_values)
def test_any_request_can_be_looked_at(value):
    """One of no known form has no question."""
    assert isinstance(asked_of(row(json.dumps(value).encode())), str)


def test_a_request_that_was_not_stored_has_no_question():
    """Nor one that is no JSON."""
    assert asked_of(row(None)) == asked_of(row(b"\xff{")) == ""
