"""Drops what is not part of the answer: thinking aloud before it, and invented further questions after it.

A reasoning block may lack its opening tag (the server's template wrote it) or its closing tag (the reply was cut):
all before a lone closing tag is reasoning, and so is all after a lone opening one. A text that is reasoning
throughout has no answer: none is fished out of it.
"""

import re

_TAG = re.compile(r"<(/?)(?:think|thinking|thought|thoughts|reasoning|analysis)>", re.IGNORECASE)
_FINAL_CHANNEL = "<|channel|>final<|message|>"
_NEXT_QUESTION = re.compile(r"\n[ \t*#]{0,8}Question\b[^\n:]{0,12}:", re.IGNORECASE)
_DECLARED = re.compile(r"[Aa]nswer(?: is|:| ?\*\*:|:\*\*)|ANSWER:")


def without_reasoning(text: str) -> str:
    """`text` less its reasoning blocks; "" where nothing else is there."""
    if "<" not in text:
        return text
    final = text.rfind(_FINAL_CHANNEL)
    if final >= 0:
        text = text[final + len(_FINAL_CHANNEL) :]
    kept: list[str] = []
    depth = start = 0
    for tag in _TAG.finditer(text):
        if tag[1]:
            if not depth:
                kept.clear()
            depth = max(0, depth - 1)
        else:
            if not depth:
                kept.append(text[start : tag.start()])
            depth += 1
        start = tag.end()
    if not depth:
        kept.append(text[start:])
    return "".join(kept)


def own_part(text: str) -> str:
    """`text` up to the line where the model, having declared its answer, goes on to a question of its own making."""
    following = _NEXT_QUESTION.search(text)
    if following is None:
        return text
    declared = _DECLARED.search(text)
    if declared is None:
        return text
    following = _NEXT_QUESTION.search(text, declared.end())
    return text[: following.start()] if following else text
