"""The floor under most SDKs: two posts by bare httpx. No orchestration, no retry, no limit, no account, no journal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from drive import JUDGE_SAYS, WORKER_SAYS, Ask, Work, accepted, drive, to_judge


@asynccontextmanager
async def prepare(work: Work) -> AsyncIterator[Ask]:
    address = f"{work.url}/chat/completions"
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=work.concurrency), timeout=600) as client:

        async def chat(model: str, system: str, user: str) -> str:
            messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
            response = await client.post(address, json={"model": model, "messages": messages})
            said: str = response.json()["choices"][0]["message"]["content"]
            return said

        async def ask(question: str) -> bool:
            answer = await chat("worker", WORKER_SAYS, question)
            return accepted(await chat("judge", JUDGE_SAYS, to_judge(question, answer)))

        yield ask


if __name__ == "__main__":
    drive(prepare)
