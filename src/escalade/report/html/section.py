"""What the page says of one run, in order: sections of figures and tables. Empty ones are left out."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from escalade.analysis.curves import Curves
from escalade.analysis.summary import Summary
from escalade.report.html import tables
from escalade.report.html.cells import Table
from escalade.report.html.charts.calibration import reliability
from escalade.report.html.charts.costs import by_part
from escalade.report.html.charts.growth import growth
from escalade.report.html.charts.labels import by_label, label_tables
from escalade.report.html.charts.lengths import answer_lengths
from escalade.report.html.charts.levels import false_accepts, funnel, rung_quality
from escalade.report.html.charts.plane import quality_cost
from escalade.report.html.figure import Figure

Content = Figure | Table


class Section(Struct, frozen=True):
    title: str
    contents: Sequence[Content]

    @property
    def figures(self) -> list[Figure]:
        return [each for each in self.contents if isinstance(each, Figure)]

    @property
    def tables(self) -> list[Table]:
        """Those that stand by themselves; a figure's own table stands with it."""
        return [each for each in self.contents if isinstance(each, Table)]


def sections(summary: Summary, curves: Curves) -> list[Section]:
    """Those that the run has anything for."""
    return [
        Section(title, contents)
        for title, offered in _everything(summary, curves)
        if (contents := [each for each in offered if each is not None and (isinstance(each, Figure) or each.rows)])
    ]


def _everything(summary: Summary, curves: Curves) -> Iterator[tuple[str, Sequence[Content | None]]]:
    yield (
        "Quality and cost",
        [
            quality_cost(summary, curves.plane),
            tables.quality_and_cost(summary),
            tables.against_reference(summary),
            tables.rivals(summary),
            tables.graders(summary),
        ],
    )
    yield "Rung by rung", [funnel(summary), rung_quality(summary, curves), tables.first_answers(summary)]
    yield "What the judges are worth", [*reliability(curves), false_accepts(curves)]
    shown = by_label(summary)
    drawn = {figure.slug for figure in shown}
    yield "By category", [*shown, *(table for table in label_tables(summary) if table.slug not in drawn)]
    yield "Where the money went", [growth(summary, curves), *by_part(summary), tables.work(summary)]
    yield (
        "The answers",
        [
            answer_lengths(summary, curves),
            tables.endings(summary),
            tables.failures(summary),
            tables.part_failures(summary),
        ],
    )
