"""The programmatic gate: a regular expression, a JSON schema or a Python function looks at the answer.

It costs nothing and never runs model text. A function that raises leaves the answer unjudged and says why. What it
finds wrong goes up the ladder, cut to `LONGEST_REASON` characters, since prompts must have a bound.
"""

import re
from collections.abc import Callable
from typing import Any

from escalade.answers import read
from escalade.core.ids import fingerprint
from escalade.core.messages import Expects, Request
from escalade.core.reply import Reply
from escalade.gates.combine import Combinable
from escalade.gates.protocol import Verdict
from escalade.ledger.span import Span
from escalade.models.structure import Structure, Worst

Test = Callable[[str], str | None]
"""Gets the answer's text, returns None if it is good or says what is wrong with it."""
LONGEST_REASON = 2000


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
            wrong = self._test(reply.text)
        except Exception as error:  # noqa: BLE001  (a user's function may raise anything)
            return Verdict(accept=None, gate=self.name, trouble=f"the check failed: {type(error).__name__}: {error}")
        return Verdict(
            accept=wrong is None, score=float(wrong is None), reason=(wrong or "")[:LONGEST_REASON], gate=self.name
        )

    def structure(self) -> Structure:
        return Structure("check", self.name, {"test": self._identity} if self._identity else {})

    def worst(self, prompt_tokens: int) -> Worst:  # noqa: ARG002  (asks nobody)
        return Worst(output=self._longest)


def matches(pattern: str) -> Check:
    """Accepts text in which the regular expression is found."""
    compiled = re.compile(pattern)
    wrong = f"the answer must match the pattern {pattern}"

    def test(text: str) -> str | None:
        return None if compiled.search(text) else wrong

    return Check(test, "regex", identity=pattern, longest=len(wrong.encode()))


def satisfies(schema: dict[str, Any]) -> Check:
    """Accepts text whose JSON satisfies the schema. Raises jsonschema's SchemaError for a bad one."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  (slow to import)

    Draft202012Validator.check_schema(schema)
    expects = Expects(form="json", json_schema=schema)
    wrong = "the answer must hold JSON that satisfies the schema"

    def test(text: str) -> str | None:
        return None if read(text, expects) else wrong

    return Check(test, "json", identity=fingerprint(schema), longest=len(wrong))
