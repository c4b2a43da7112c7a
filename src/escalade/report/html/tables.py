"""The tables of a run's Summary: what the terminal prints, as values for the page and for files."""

from decimal import Decimal

from escalade.analysis.summary import Comparison, Quality, Rival, Summary
from escalade.report import cells as told
from escalade.report.html.cells import Cell, Column, Estimate, Table
from escalade.report.names import RIVALS


def estimate(quality: Quality) -> Estimate:
    return Estimate(quality.mean, quality.low, quality.high)


def quality_and_cost(summary: Summary) -> Table:
    columns = (
        Column("system"),
        Column(summary.task.metric, "share", interval=True),
        Column("items", "count"),
        Column("coverage", "share"),
        Column("USD per question", "usd"),
        Column("USD per correct", "usd"),
        Column("seconds, median", "number"),
        Column("seconds, 95 %", "number"),
        Column("calls of unknown price", "count"),
    )
    rows = [
        (
            told.name(s),
            estimate(s.quality),
            s.quality.n,
            s.coverage,
            s.cost.per_item,
            s.cost.per_correct,
            s.latency_s.p50 if s.latency_s else None,
            s.latency_s.p95 if s.latency_s else None,
            s.cost.unknown_calls,
        )
        for s in summary.systems
    ]
    return Table(slug="systems", title="Quality and cost, with 95 % intervals", columns=columns, rows=rows)


def against_reference(summary: Summary) -> Table:
    columns = (
        Column("system"),
        Column("points", "points", interval=True),
        Column("items", "count"),
        Column("p (Holm)", "p"),
        Column("test"),
        Column("cost ratio", "number", interval=True),
        Column("verdict"),
    )
    rows = [(s.name, *_compared(v)) for s in summary.systems if (v := s.versus_reference) is not None]
    return Table(slug="against-reference", title=f"Against {summary.reference}", columns=columns, rows=rows)


def _compared(comparison: Comparison) -> tuple[Cell, ...]:
    return (
        Estimate(comparison.difference, comparison.low, comparison.high),
        comparison.n,
        comparison.p_holm,
        comparison.method.replace("_", " "),
        Estimate(comparison.cost_ratio, comparison.cost_ratio_low, comparison.cost_ratio_high),
        told.verdict(comparison),
    )


def rivals(summary: Summary) -> Table:
    columns = (
        Column("system"),
        Column("rival"),
        Column(summary.task.metric, "share"),
        Column("USD per question", "usd"),
        Column("cost ratio", "number"),
        Column("system less rival, points", "points", interval=True),
        Column("system is"),
    )
    rows = [(s.name, *_rival(rival)) for s in summary.systems for rival in s.rivals]
    return Table(slug="rivals", title="Against rivals: what could have been asked instead", columns=columns, rows=rows)


def _rival(rival: Rival) -> tuple[Cell, ...]:
    odds = [f"{share:.0%} {name}" if len(rival.mixture) > 1 else name for name, share in rival.mixture.items()]
    who = rival.system or ", ".join(odds)
    what = f"{RIVALS[rival.kind]}: {who}" if who else RIVALS[rival.kind]
    versus = rival.versus
    points = None if versus is None else Estimate(versus.difference, versus.low, versus.high)
    verdict = told.verdict(versus) if versus else rival.reason
    return what, rival.quality, rival.cost_per_item, versus.cost_ratio if versus else None, points, verdict


def graders(summary: Summary) -> Table:
    columns = (Column("system"), Column("grader"), Column("score", "share", interval=True), Column("items", "count"))
    rows = [(s.name, name, estimate(quality), quality.n) for s in summary.systems for name, quality in s.others.items()]
    return Table(slug="further-graders", title="By further graders", columns=columns, rows=rows)


def first_answers(summary: Summary) -> Table:
    columns = (
        Column("system"),
        *(Column(head, "count") for head in ("compared", "mended", "spoilt", "right answer lost")),
        *(Column(head, "count") for head in ("revised", "revised to right", "revised to wrong")),
    )
    rows = [
        (s.name, f.compared, f.to_right, f.to_wrong, f.lost, f.revised, f.revised_to_right, f.revised_to_wrong)
        for s in summary.systems
        if (f := s.flips).compared and (f.to_right or f.to_wrong or f.lost or f.revised)
    ]
    return Table(slug="first-answers", title="What became of first answers", columns=columns, rows=rows)


def work(summary: Summary) -> Table:
    columns = (
        Column("system"),
        *(Column(head, "count") for head in ("calls", "tokens in", "tokens out", "of them reasoning")),
        *(Column(head, "usd") for head in ("cost, USD", "paid, USD", "grading, USD")),
    )
    rows = [
        (
            told.name(s),
            s.cost.calls,
            s.tokens.input,
            s.tokens.output,
            s.tokens.reasoning,
            s.cost.total,
            None if s.paid is None else s.paid.usd,
            s.grading.usd if s.grading.calls else Decimal(0),
        )
        for s in summary.systems
    ]
    return Table(
        slug="work", title="Work: what it is worth, what this run paid, what grading took", columns=columns, rows=rows
    )


def failures(summary: Summary) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for s in summary.systems:
        counts = [*s.failures.items(), ("no readable answer", s.unparsed)]
        rows += [(s.name, what, count, count / s.trials) for what, count in counts if count]
    columns = (Column("system"), Column("what"), Column("trials", "count"), Column("of all", "share"))
    return Table(slug="failures", title="Failures: each counts as a loss", columns=columns, rows=rows)


def part_failures(summary: Summary) -> Table:
    columns = (Column("system"), Column("part"), Column("as"), Column("asked", "count"), Column("failed", "count"),
               Column("of all", "share"))  # fmt: skip
    rows = [
        (s.name, part.name, part.role, part.asked, part.failed, part.failed / part.asked)
        for s in summary.systems
        for part in s.part_failures
    ]
    title = "Parts that failed, or verdicts unjudged, while their systems went on"
    return Table(slug="part-failures", title=title, columns=columns, rows=rows)


def endings(summary: Summary) -> Table:
    columns = (Column("system"), Column("ended with"), Column("answers", "count"), Column("of all", "share"))
    rows = [
        (s.name, ending, count, count / sum(s.endings.values()))
        for s in summary.systems
        for ending, count in s.endings.items()
    ]
    return Table(slug="endings", title="How answers ended", columns=columns, rows=rows)
