"""Revisions: what members of debates changed, counted between their first and their last answers."""

from hand_made import RIGHT, WRONG, leaf, made_of, run_of, trial

from escalade.analysis.tally import Tally
from escalade.core.grade import Grade
from escalade.ledger.span import SpanFact
from escalade.store.record import Step

DEBATE = made_of("debate", leaf("small"), leaf("large"))


def member(number: int, *grades: Grade) -> tuple[list[Step], list[dict]]:
    """A member's answers in order, and the notes of their debate on its revisions."""
    first = f"/worker/worker.{number}"
    paths = [first, *(f"{first}.r{n}" for n in range(1, len(grades)))]
    steps = [
        Step(path=path, role="worker", name="small", grade=grade) for path, grade in zip(paths, grades, strict=True)
    ]
    return steps, [{"kind": "revised", "first": first, "path": path, "changed": True} for path in paths[1:]]


def flips(*members: tuple[list[Step], list[dict]]):
    steps = [step for steps, _ in members for step in steps]
    notes = [note for _, notes in members for note in notes]
    span = SpanFact(path="/worker", role="worker", name="debate", notes=notes)
    tally = Tally(run_of(1, debate=DEBATE))
    tally.add(trial("debate", "a", RIGHT, steps=steps, spans=[span]))
    return tally.summary({}).systems[0].flips


def test_each_member_counts_by_its_first_and_last_answer():
    """Whatever it said between them, and whatever the debate decided."""
    found = flips(member(1, WRONG, RIGHT), member(2, RIGHT, WRONG), member(3, RIGHT, WRONG, RIGHT), member(4, WRONG))
    assert (found.revised, found.revised_to_right, found.revised_to_wrong) == (3, 1, 1)


def test_what_was_not_graded_is_not_counted():
    """A revision with a partly right end is neither."""
    found = flips(member(1, RIGHT, Grade(outcome="partial", score=0.5)))
    assert (found.revised, found.revised_to_right, found.revised_to_wrong) == (0, 0, 0)
