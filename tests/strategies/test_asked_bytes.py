"""What strategies and gates ask of an ordinary question, byte for byte: an older journal must go on to answer."""

import json

import pytest
from debaters import SHOWN

from escalade.core.ids import digest
from escalade.core.messages import Expects, Request
from escalade.core.reply import Reply
from escalade.gates import Judge, PanelJudge
from escalade.ledger.span import Span
from escalade.models.wire import encode_request
from escalade.strategies import (
    ByFuser,
    ByJudge,
    Cascade,
    Criticise,
    Debate,
    Fuse,
    FuseRanked,
    Generate,
    Mixture,
    Pipeline,
    RankByPairs,
    Stated,
    WeightedVote,
)
from escalade.tasks import Item, RubricGrader

NUMBER = Expects("number")
ALONE = Request.of("What is $x, {2} + 2?", expects=NUMBER)
TALK = Request.of("Hi.", system="Be brief.").also("assistant", "Hello.").also("user", "What is 2 + 2?")
ITEM = Item(id="q", turns=("What is 2 + 2?",), gold="4", private={"rubric": "Says 4."})


class Heard:
    """A model of many parts that writes down what each of its requests would be on the wire."""

    def __init__(self) -> None:
        self.bodies: dict[str, str] = {}
        self.names = iter("abcdefgh")

    def model(self, *, unread: bool = False) -> "Voice":
        return Voice(next(self.names), self, unread=unread)


class Voice:
    """One of its parts; as a judge it cannot be read the first time where it is `unread`."""

    def __init__(self, name: str, heard: Heard, *, unread: bool) -> None:
        self.name = name
        self._heard = heard
        self._unread = unread

    async def reply(self, request: Request, span: Span) -> Reply:
        self._heard.bodies[span.path] = encode_request(request, self.name).decode()
        prompt = next(m.content for m in reversed(request.messages) if m.role == "user")
        again = any(m.role == "assistant" and m.content == "Hm." for m in request.messages)
        if self._unread and not again:
            return Reply(text="Hm.")
        shown = SHOWN.findall(request.messages[-3 if again else -1].content)
        if span.role == "critic":
            return Reply(text="\n".join(f"Answer {one}: {self.name} read {text}" for one, text in shown))
        if span.role == "gate" and shown:
            reviews = [{"id": one, "score": 0.5, "reason": f"of {text}"} for one, text in shown]
            return Reply(text=json.dumps({"reviews": reviews, "best": shown[0][0]}))
        if span.role in ("gate", "grader"):
            return Reply(text='{"reason": "a slip", "score": 0.5}')
        return Reply(text=f"[[A>B]] Answer: {len(prompt)}{self.name}")


def _cascade(heard):
    return Cascade([heard.model(), heard.model()], Judge(heard.model(unread=True)), attempts=2, min_gain=0)


def _debate(heard):
    members, judge = [heard.model(), heard.model()], PanelJudge(heard.model(unread=True))
    return Debate(members, rounds=2, decide=ByJudge(judge))


def _peers(heard):
    return Debate([heard.model(), heard.model()], critique=False, decide=ByFuser(heard.model()))


def _fuse(heard):
    return Fuse([heard.model(), heard.model(), heard.model()], heard.model())


def _mixture(heard):
    return Mixture([[heard.model(), heard.model()], [heard.model(), heard.model()]], heard.model())


def _ranking(heard):
    stages = [Generate([heard.model(), heard.model(), heard.model()]), Criticise(heard.model())]
    return Pipeline([*stages, RankByPairs(heard.model(), 2), FuseRanked(heard.model())])


def _weighted(heard):
    return WeightedVote([heard.model(), heard.model()], Stated())


PINNED = {
    _cascade: ["c355099b17b2", "eea1e9155e34"],
    _debate: ["383246d774da", "87e92ef09343"],
    _peers: ["5a6958461797", "c95192eb75b4"],
    _fuse: ["3f1f178050b2", "4c26b98136eb"],
    _mixture: ["722c760b8be6", "2d00d0499ea2"],
    _ranking: ["22a5ab665acc", "4d3162a9525e"],
    _weighted: ["7fb447a7483a", "447ad9eb3e1a"],
}


@pytest.mark.parametrize("build", PINNED, ids=lambda build: build.__name__.strip("_"))
async def test_requests_stay_what_they_are(build):
    """A change here makes every journal useless for this strategy; a bundled prompt that is changed does so too."""
    found = []
    for request in (ALONE, TALK):
        heard = Heard()
        await build(heard).reply(request, Span.root("test"))
        found.append(digest(*(part for asked in sorted(heard.bodies.items()) for part in asked))[:12])
    assert found == PINNED[build]


async def test_a_rubric_is_asked_for_as_ever():
    """Both times."""
    heard = Heard()
    await RubricGrader(heard.model(unread=True)).grade(ITEM, Reply(text="4"), Span.root("test"))
    assert digest(*heard.bodies.values())[:12] == "af8a0de3bf53"
