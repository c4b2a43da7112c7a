"""pydantic-ai: two agents, worker and judge; the verdict comes as text, so that it costs no tool call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from drive import JUDGE_SAYS, WORKER_SAYS, Ask, Work, accepted, drive, to_judge
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


@asynccontextmanager
async def prepare(work: Work) -> AsyncIterator[Ask]:
    provider = OpenAIProvider(base_url=work.url, api_key="none")
    worker = Agent(OpenAIChatModel("worker", provider=provider), instructions=WORKER_SAYS)
    judge = Agent(OpenAIChatModel("judge", provider=provider), instructions=JUDGE_SAYS)

    async def ask(question: str) -> bool:
        answer = (await worker.run(question)).output
        return accepted((await judge.run(to_judge(question, answer))).output)

    yield ask


if __name__ == "__main__":
    drive(prepare)
