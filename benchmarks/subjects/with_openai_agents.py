"""OpenAI Agents: two agents, worker and judge, over chat completions; tracing off, since it would leave the machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agents import Agent, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from drive import JUDGE_SAYS, WORKER_SAYS, Ask, Work, accepted, drive, to_judge
from openai import AsyncOpenAI


@asynccontextmanager
async def prepare(work: Work) -> AsyncIterator[Ask]:
    set_tracing_disabled(disabled=True)
    async with AsyncOpenAI(base_url=work.url, api_key="none", max_retries=0) as client:

        def agent(name: str, says: str) -> Agent:
            return Agent(name=name, instructions=says, model=OpenAIChatCompletionsModel(name, openai_client=client))

        worker, judge = agent("worker", WORKER_SAYS), agent("judge", JUDGE_SAYS)

        async def ask(question: str) -> bool:
            answer = (await Runner.run(worker, question)).final_output
            return accepted((await Runner.run(judge, to_judge(question, answer))).final_output)

        yield ask


if __name__ == "__main__":
    drive(prepare)
