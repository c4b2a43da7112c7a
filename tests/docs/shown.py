"""Tables of a run's figures in the pages: a comment above each names the config and the variables that gave them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fenced import PAGES

_MARKED = re.compile(r"^<!-- figures of (examples/\S+\.yaml)((?: \w+=\S+)*) -->\n\n((?:\|.*\n)+)", re.MULTILINE)


class Shown(NamedTuple):
    """One marked table."""

    page: str
    config: str
    variables: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    """The cells of each row below the head, the system's name first."""


def tables() -> Iterator[Shown]:
    for page in PAGES:
        for config, variables, table in _MARKED.findall(page.read_text(encoding="utf-8")):
            said = tuple((name, value) for name, _, value in (one.partition("=") for one in variables.split()))
            rows = [tuple(cell.strip() for cell in line.strip("|\n").split("|")) for line in table.splitlines()[2:]]
            yield Shown(page.name, config, said, tuple(rows))


def spelt(system: Mapping[str, Any]) -> set[str]:
    """The figures of a system in `--json` as a page may spell them."""
    quality, cost, versus = system["quality"], system["cost"], system["versus_reference"]
    figures = {
        f"{_share(quality['mean'])} [{_share(quality['low'])}, {_share(quality['high'])}]",
        f"{float(cost['per_item']):#.3g}",
        f"{cost['calls'] / system['trials']:.1f}",
        "",
    }
    if versus:
        points = [f"{100 * versus[key]:+.1f}" for key in ("difference", "low", "high")]
        figures |= {f"{points[0]} [{points[1]}, {points[2]}]", f"{versus['cost_ratio']:.3g}"}
    return figures


def _share(value: float) -> str:
    return f"{100 * value:.1f}"
