"""DSPy: two predictors, worker and judge, typed by signatures; without its cache, which would answer for the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dspy
from drive import AT_LEAST, Ask, Work, drive


class Working(dspy.Signature):
    """Answer the question briefly and show your steps."""

    question: str = dspy.InputField()
    answer: str = dspy.OutputField()


class Judging(dspy.Signature):
    """Score the answer from 0 to 1."""

    question: str = dspy.InputField()
    candidate: str = dspy.InputField()
    reason: str = dspy.OutputField()
    score: float = dspy.OutputField()


@asynccontextmanager
async def prepare(work: Work) -> AsyncIterator[Ask]:
    def model(name: str) -> dspy.LM:
        return dspy.LM(f"openai/{name}", api_base=work.url, api_key="none", cache=False, num_retries=0)

    worker, judge = dspy.Predict(Working), dspy.Predict(Judging)
    worker.set_lm(model("worker"))
    judge.set_lm(model("judge"))

    async def ask(question: str) -> bool:
        answer = (await worker.acall(question=question)).answer
        return bool((await judge.acall(question=question, candidate=answer)).score >= AT_LEAST)

    yield ask


if __name__ == "__main__":
    drive(prepare)
