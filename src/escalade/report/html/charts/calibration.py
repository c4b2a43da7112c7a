"""Whether a judge's scores mean what they say: of the answers that it gave 0.8, eight in ten should be right."""

from escalade.analysis.calibration import Calibration
from escalade.analysis.curves import Curves
from escalade.report.html.cells import Column, Estimate, Table
from escalade.report.html.charts.marks import coloured, data, layered
from escalade.report.html.figure import Figure, Spec
from escalade.report.html.palette import light

_HEIGHT = 300


def reliability(curves: Curves) -> list[Figure]:
    """One for each system whose gates score answers that were graded."""
    return [_figure(name, s.calibration) for name, s in curves.systems.items() if s.calibration is not None]


def _figure(name: str, calibration: Calibration) -> Figure:
    columns = (
        Column("score from", "number"),
        Column("to", "number"),
        Column("answers", "count"),
        Column("mean score", "number"),
        Column("right", "share", interval=True),
    )
    rows = [(b.low, b.high, b.n, b.score, Estimate(b.right, b.right_low, b.right_high)) for b in calibration.bins]
    mean = sum(b.n * b.score for b in calibration.bins) / calibration.n
    right = sum(b.n * b.right for b in calibration.bins) / calibration.n
    lean = "too generous" if mean > right + 0.02 else "too strict" if mean < right - 0.02 else "right on average"
    return Figure(
        says=f"Scores of the gates of {name} beside the share that was right; on the line they would agree. They are "
        f"{lean}: mean score {mean:.2f}, {right:.0%} right. Calibration error {calibration.error:.3f}, Brier score "
        f"{calibration.brier:.3f}, over {calibration.n:,} graded answers.",
        numbers=Table(
            slug=f"calibration-{name}", title=f"Calibration of the gates of {name}", columns=columns, rows=rows
        ),
        draw=lambda width: _draw(calibration, width),
    )


def _draw(calibration: Calibration, width: int) -> Spec:
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("score:Q", scale=scale, axis=alt.Axis(title="the gate's score", tickCount=5, grid=False))
    y = alt.Y("right:Q", scale=scale, axis=alt.Axis(title="share right", format="%", tickCount=5))
    most = max(b.n for b in calibration.bins)
    bins = [
        {"score": b.score, "right": b.right, "low": b.right_low, "high": b.right_high, "tone": "team",
         "size": 40 + 260 * b.n / most, "n": f"{b.n:,}", "top": b.right if b.right_high is None else b.right_high}
        for b in calibration.bins
    ]  # fmt: skip
    dots = alt.Chart(data(bins))
    ideal = alt.Chart(data([{"score": 0, "right": 0}, {"score": 1, "right": 1}]))
    bars = dots.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.5)
    sized = alt.Size("size:Q", scale=None, legend=None)
    layers = [
        ideal.mark_line(color=light("single"), strokeDash=[5, 4], strokeWidth=1.5).encode(x=x, y=y),
        bars.encode(x=x, y=alt.Y("low:Q", scale=scale), y2=alt.Y2("high:Q"), color=coloured()),
        dots.mark_point(filled=True, opacity=1).encode(x=x, y=y, color=coloured(), size=sized),
        dots.mark_text(dy=-12, color=light("soft")).encode(x=x, y=alt.Y("top:Q", scale=scale), text=alt.Text("n:N")),
    ]
    return layered(layers, width, _HEIGHT)
