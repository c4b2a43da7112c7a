"""The programmatic gate: a regular expression, a JSON schema or a Python function looks at the answer.

It costs nothing and never runs model text. A function that raises leaves the answer unjudged and says why, and so does
a pattern that does not end in time; a function is trusted to end. What is found wrong goes up the ladder, cut to
`LONGEST_REASON` characters, since prompts must have a bound.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from escalade.answers import check_schema, last_json, search, trouble_with, without_reasoning
from escalade.core.errors import ConfigError
from escalade.core.ids import fingerprint
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.gates.combine import Combinable
from escalade.gates.protocol import LONGEST_REASON, Verdict
from escalade.ledger.span import Span
from escalade.models.structure import Worst

Test = Callable[[str], str | Awaitable[str | None] | None]
"""Gets the answer's text, returns None if it is good or says what is wrong with it; async if it has to wait."""


class Undecided(Exception):
    """Raised by a test that cannot tell whether the answer is good; its message is the trouble."""


class Check(Combinable):
    """Accepts an answer in which `test` finds nothing wrong. `identity` tells two checks of one name apart.

    `longest` is the most bytes that a reason of `test` has.
    """

    def __init__(
        self, test: Test, name: str = "check", *, identity: str = "", longest: int = 4 * LONGEST_REASON
    ) -> None:
        self.name = name
        self._test = test
        self._identity = identity
        self._longest = longest

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:  # noqa: ARG002  (asks nobody)
        try:
            found = self._test(reply.text)
            wrong = await found if isawaitable(found) else found
        except Undecided as undecided:
            return Verdict(accept=None, trouble=str(undecided))
        except Exception as error:  # noqa: BLE001  (a user's function may raise anything)
            return Verdict(accept=None, trouble=f"the check failed: {type(error).__name__}: {error}")
        return Verdict(accept=wrong is None, score=float(wrong is None), reason=(wrong or "")[:LONGEST_REASON])

    def structure(self) -> Structure:
        return Structure("check", self.name, {"test": self._identity} if self._identity else {})

    def worst(self, prompt_tokens: int) -> Worst:  # noqa: ARG002  (asks nobody)
        return Worst(output=self._longest)


def matches(pattern: str) -> Check:
    """Accepts text in which the regular expression is found. Raises ConfigError for one that is none."""
    if trouble := trouble_with(pattern):
        raise ConfigError(trouble, hint="write a Python regular expression, as the module `re` describes them")
    wrong = f"the answer must match the pattern {pattern}"

    async def test(text: str) -> str | None:
        found = await search(pattern, text)
        if found.trouble:
            raise Undecided(found.trouble)
        return None if found.span else wrong

    return Check(test, "regex", identity=pattern, longest=len(wrong.encode()))


def satisfies(schema: dict[str, Any]) -> Check:
    """Accepts text whose JSON satisfies the schema. Raises ConfigError for a bad one."""
    check_schema(schema)
    wrong = "the answer must hold JSON that satisfies the schema"

    def test(text: str) -> str | None:
        return wrong if last_json(without_reasoning(text), schema) is None else None

    return Check(test, "json", identity=fingerprint(schema), longest=len(wrong))
