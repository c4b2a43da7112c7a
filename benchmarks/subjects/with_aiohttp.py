"""The floor: two posts by a bare HTTP client. No orchestration, no retry, no limit, no account, no journal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from drive import JUDGE_SAYS, WORKER_SAYS, Ask, Work, accepted, drive, to_judge


@asynccontextmanager
async def prepare(work: Work) -> AsyncIterator[Ask]:
    address = f"{work.url}/chat/completions"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=work.concurrency)) as session:

        async def chat(model: str, system: str, user: str) -> str:
            messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
            async with session.post(address, json={"model": model, "messages": messages}) as response:
                said: str = (await response.json())["choices"][0]["message"]["content"]
                return said

        async def ask(question: str) -> bool:
            answer = await chat("worker", WORKER_SAYS, question)
            return accepted(await chat("judge", JUDGE_SAYS, to_judge(question, answer)))

        yield ask


if __name__ == "__main__":
    drive(prepare)
