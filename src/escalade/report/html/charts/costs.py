"""Where the money went: by role, by rung and by model."""

from collections.abc import Iterable, Sequence

from escalade.analysis.spending import Spent
from escalade.analysis.summary import Summary, SystemSummary
from escalade.report.html.cells import Column, Table
from escalade.report.html.charts.rows import Axis, Row, rows_chart
from escalade.report.html.figure import Figure
from escalade.report.money import money


def by_part(summary: Summary) -> list[Figure]:
    """By role, by rung, by model; each only where some system has more than one of it."""
    return [
        figure
        for what, split in (("role", _roles), ("rung", _levels), ("model", _models))
        if (figure := _parts(summary, what, [(s, list(split(s))) for s in summary.systems])) is not None
    ]


_Split = Sequence[tuple[str, Spent]]


def _roles(system: SystemSummary) -> Iterable[tuple[str, Spent]]:
    return system.cost.by_role.items()


def _levels(system: SystemSummary) -> Iterable[tuple[str, Spent]]:
    return ((f"rung {x.level}" if x.level else "no rung", x.spent) for x in system.cost.by_level)


def _models(system: SystemSummary) -> Iterable[tuple[str, Spent]]:
    return system.cost.by_model.items()


def _parts(summary: Summary, what: str, splits: "Sequence[tuple[SystemSummary, _Split]]") -> Figure | None:
    split = [(system, parts) for system, parts in splits if len(parts) > 1]
    if not split:
        return None
    rows, table = [], []
    for system, parts in split:
        whole = system.cost.total
        for name, spent in parts:
            share = float(spent.usd / whole) if spent.usd is not None and whole else None
            table.append((system.name, name, spent.calls, spent.usd, share, spent.unknown_calls))
            rows.append(
                Row(
                    name=f"{system.name} · {name}",
                    says=money(spent) + ("" if share is None else f" ({share:.0%})"),
                    tone="team",
                    bar=None if spent.usd is None else (0, float(spent.usd)),
                )
            )
    most = max((row.bar[1] for row in rows if row.bar), default=0.0) or 1.0
    columns = (
        Column("system"),
        Column(what),
        Column("calls", "count"),
        Column("USD", "usd"),
        Column("of the system's cost", "share"),
        Column("calls of unknown price", "count"),
    )
    return Figure(
        says=f"What the calls of the run are worth, by {what}. {_dearest(split)}"
        + ("" if len(split) == len(summary.systems) else " Systems with one part only are left out."),
        numbers=Table(slug=f"cost-by-{what}", title=f"Cost by {what}", columns=columns, rows=table),
        draw=lambda width: rows_chart(rows, Axis("USD, whole run", 0, most, "$~g"), width),
    )


def _dearest(split: "Sequence[tuple[SystemSummary, _Split]]") -> str:
    """The dearest part of each system, in words."""
    sentences = []
    for system, parts in split:
        whole, known = system.cost.total, [(name, spent.usd) for name, spent in parts if spent.usd is not None]
        if whole and len(known) == len(parts):
            name, usd = max(known, key=lambda part: part[1])
            sentences.append(f"{usd / whole:.0%} of {system.name} is {name}")
    return f"{'; '.join(sentences)}." if sentences else ""
