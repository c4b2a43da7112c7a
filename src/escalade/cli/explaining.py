"""Gathering the texts that `escalade why` needs, and drawing one tree for each system."""

from escalade.models.journal import said
from escalade.report import console, render_why
from escalade.store import Record, Run, Store


def explain(store: Store, run: Run, records: list[Record], *, full: bool, prompts: bool, reveal: bool) -> None:
    """Draw the records; texts of a redacted task only where `reveal` says so. The store holds no prompts of it."""
    out = console()
    for record in records:
        rows = store.texts([call.id for call in (*record.calls, *record.grading)])
        texts = {key: said(row) for key, row in rows.items()}
        asked = (
            {key: row.request.decode(errors="replace") for key, row in rows.items() if row.request} if prompts else None
        )
        render_why(record, texts, out, prompts=asked, redacted=run.redacted and not reveal, full=full)
