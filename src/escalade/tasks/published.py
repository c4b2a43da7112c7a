"""The benchmark files that Escalade knows how to find, by what `escalade data fetch` is given to get them."""

from escalade.tasks import gpqa, math500, mmlu_pro
from escalade.tasks.arena_hard.questions import KINDS, QUESTIONS
from escalade.tasks.fetch import Published


def published() -> dict[str, list[Published]]:
    """All that belong together under one name."""
    baselines = [kind.baseline for kind in KINDS.values() if kind.baseline is not None]
    files: dict[str, list[Published]] = {}
    for file in (math500.FILE, gpqa.ARCHIVE, *QUESTIONS.values(), *baselines, mmlu_pro.FILE):
        files.setdefault(file.fetched_as, []).append(file)
    return files
