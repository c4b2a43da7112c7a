"""The report's colours, once: what charts are drawn with, and what each becomes where the reader's screen is dark.

A chart is drawn in the light colours; on the page, the style sheet replaces each by its variable, so that one drawing
serves both. Every ink stands out from its paper: 4.5 to 1 for words, 3 to 1 for marks (WCAG 2.2), as a test computes.
No colour carries a meaning alone: shape, position or words say the same.
"""

from msgspec import Struct


class Colour(Struct, frozen=True):
    light: str
    dark: str


COLOURS = {
    "paper": Colour("#fbfaf7", "#14171a"),
    "card": Colour("#ffffff", "#1b1f23"),
    "ink": Colour("#1e2329", "#ece9e2"),
    "soft": Colour("#5a626b", "#a7afb8"),
    "line": Colour("#dedcd5", "#353b41"),
    "team": Colour("#0d6b72", "#5fc7c4"),
    "team-pale": Colour("#b5d8d7", "#24504f"),
    "single": Colour("#6d737b", "#959da6"),
    "single-pale": Colour("#d3d5d6", "#42484f"),
    "wrong": Colour("#b2451b", "#f19a6e"),
    "wrong-pale": Colour("#efcbb9", "#64351f"),
}
"""`team` marks orchestrations, `single` single models, `wrong` what should not have happened."""

WORDS = ("ink", "soft", "team", "wrong")
MARKS = ("single",)


def light(name: str) -> str:
    return COLOURS[name].light


def style_sheet() -> str:
    """The variables of both schemes, and what turns a drawing's light colours into them. Print is always light."""
    bright = "".join(f"--{name}:{colour.light};" for name, colour in COLOURS.items())
    dark = "".join(f"--{name}:{colour.dark};" for name, colour in COLOURS.items())
    worn = "".join(
        f'.chart [{what}="{colour.light}"]{{{what}:var(--{name})}}'
        for name, colour in COLOURS.items()
        for what in ("fill", "stroke")
    )
    return f":root{{{bright}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{worn}"
