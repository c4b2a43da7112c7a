"""Text that a model, a provider or a data file wrote, made safe to print.

Escape sequences could recolour, move or retitle a terminal, and bidirectional marks could make text read as what it
is not; both are removed. Markup is no concern of this module: print the result as `rich.text.Text`, never as a string.
"""

import re

# no alternative can run past the start of another one, so that the time is linear
_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours and cursor moves
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\\\|\x9c)"  # titles, links
    "|\x1b[ -/]*[0-~]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_SHORT_LINES = 6
_SHORT_CHARACTERS = 480


def safe(text: str) -> str:
    """The text without escape sequences and control characters; line ends and tabs stay."""
    # no control and no mark of direction is printable, so that most texts need no more than this look
    if text.replace("\n", " ").replace("\t", " ").isprintable():
        return text
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def one_line(text: str, most: int = 160) -> str:
    """Safe text on one line of at most `most` characters."""
    flat = " ".join(safe(text[: 8 * most]).split())
    return flat if len(flat) <= most else flat[: most - 4].rstrip() + " ..."


def shortened(text: str) -> str:
    """Safe text: its beginning and its end, where answers stand, with what lies between counted."""
    whole = safe(text).strip()
    lines = whole.splitlines()
    if len(whole) <= _SHORT_CHARACTERS and len(lines) <= _SHORT_LINES:
        return whole
    half = _SHORT_CHARACTERS // 2
    start = "\n".join(lines[: _SHORT_LINES // 2])[:half].rstrip()
    end = "\n".join(lines[-_SHORT_LINES // 2 :])[-half:].lstrip()
    left_out = len(whole) - len(start) - len(end)
    return f"{start}\n[... {left_out:,} characters ...]\n{end}" if left_out > 0 else whole
