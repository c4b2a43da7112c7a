import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.models.wire.sse import Event, events_of, is_stream

LINES = st.binary(max_size=20).filter(lambda line: not set(line) & {10, 13})


def events(text: str | bytes) -> list[Event]:
    return list(events_of(text.encode() if isinstance(text, str) else text))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_end_in_every_way_of_the_standard(end):
    """Line feeds, carriage returns and both."""
    text = end.join(["data: one", "data: more", "", "event: said", "data: two", "", ""])
    assert events(text) == [Event(b"", b"one\nmore"), Event(b"said", b"two")]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("data:one\n\n", [b"one"]),
        ("data:  one \n\n", [b" one "]),
        ("data: a: b\n\n", [b"a: b"]),
        ("data\ndata\n\n", [b"\n"]),
        ("data:\n\n", [b""]),
        (": comment\ndata: one\n:\n\n", [b"one"]),
        ("id: 7\nretry: 5\nother: x\nother\ndata: one\n\n", [b"one"]),
        (" data: no\nData: no\n\n", []),
        ("event: said\n\ndata: one\n\n", [b"one"]),
        ("\n\n\ndata: one\n\n\n\n", [b"one"]),
        ("\ufeffdata: one\n\n", [b"one"]),
        ("\ufeff\ufeffdata: no\n\n", []),
        ("data: a\vb\fc\u2028d\n\n", ["a\vb\fc\u2028d".encode()]),
    ],
)
def test_fields_are_read_as_the_standard_has_them(text, data):
    """One space after the colon is not the value's; unknown fields and events without data are nothing."""
    assert [event.data for event in events(text)] == data


def test_a_name_holds_for_its_own_event_only():
    """The next event begins without one; of two names the last counts."""
    assert [event.name for event in events("event: a\nevent: b\ndata: 1\n\ndata: 2\n\n")] == [b"b", b""]


def test_errors_are_events_though_the_standard_knows_no_such_field():
    """llama.cpp told them in a field `error`; an event of that name needs no data."""
    assert events("error: {}\n\n") == [Event(b"error", b"{}")]
    assert events("event: error\n\n") == [Event(b"error", b"")]


def test_a_last_event_that_no_line_closes_is_marked():
    """Whoever reads it has to see whether it was cut."""
    assert events("data: one\n\ndata: tw") == [Event(b"", b"one"), Event(b"", b"tw", is_closed=False)]


@given(st.lists(st.lists(LINES, min_size=1, max_size=3), max_size=4), st.sampled_from([b"\n", b"\r", b"\r\n"]))
def test_what_is_written_as_events_is_read_as_such(written, end):
    """Any lines of bytes survive, whichever ends of lines are used."""
    body = b"".join(b"".join(b"data: " + line + end for line in lines) + end for lines in written)
    assert [event.data for event in events(body)] == [b"\n".join(lines) for lines in written]


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/event-stream; charset=utf-8", b"data: {}", True),
        ("Text/Event-Stream", b"", True),
        ("application/json", b"data: {}", True),
        ("application/json", b"\xef\xbb\xbfdata: {}", True),
        ("", b": OPENROUTER PROCESSING\n\ndata: {}", True),
        ("", b"\n\nevent: message\ndata: {}", True),
        ("", b"error: {}\n\n", True),
        ("text/event-stream", b' {"choices": []}', False),
        ("text/event-stream", b'\xef\xbb\xbf{"choices": []}', False),
        ("application/json", b"\n\n\n{}", False),
        ("text/html", b"<html>", False),
        ("application/json", b"", False),
    ],
)
def test_a_stream_is_known_by_what_it_is(content_type, body, expected):
    """A header that says otherwise loses no answer; where the body says nothing, the header counts."""
    assert is_stream(content_type, body) is expected
