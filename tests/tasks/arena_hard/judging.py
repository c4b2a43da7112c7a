"""Judges for tests: one that compares two texts by a rule, as it reads them in the prompt."""

import re

from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.models.structure import Worst

_SHOWN = re.compile(r'<answer id="(?:A|B)">\n(.*?)\n</answer>', re.DOTALL)


class RuleJudge:
    """Says what `rule(first, second)` says, in a sentence."""

    def __init__(self, rule, name="judge"):
        self.name = name
        self.prompts = []
        self._rule = rule

    async def reply(self, request, span):  # noqa: ARG002  (the protocol's)
        prompt = request.messages[0].content
        self.prompts.append(prompt)
        first, second = _SHOWN.findall(prompt)
        return Reply(text=f"I have read both. [[{self._rule(first, second)}]]", model=self.name)

    def structure(self):
        return Structure("rule", self.name)

    def worst(self, prompt_tokens):  # noqa: ARG002  (a rule costs nothing)
        return Worst(calls=1)
