"""LangGraph: a graph of two nodes, worker and judge, and an edge that goes back where the judge is not content."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from drive import JUDGE_SAYS, WORKER_SAYS, Ask, Work, accepted, drive, to_judge
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    answer: str
    good: bool


@asynccontextmanager
async def prepare(work: Work) -> AsyncIterator[Ask]:
    worker = ChatOpenAI(model="worker", base_url=work.url, max_retries=0)
    judge = ChatOpenAI(model="judge", base_url=work.url, max_retries=0)

    async def answer(state: State) -> State:
        said = await worker.ainvoke([SystemMessage(WORKER_SAYS), HumanMessage(state["question"])])
        return {"answer": said.text}

    async def score(state: State) -> State:
        asked = to_judge(state["question"], state["answer"])
        said = await judge.ainvoke([SystemMessage(JUDGE_SAYS), HumanMessage(asked)])
        return {"good": accepted(said.text)}

    graph = StateGraph(State)
    graph.add_node("answer", answer)
    graph.add_node("score", score)
    graph.add_edge(START, "answer")
    graph.add_edge("answer", "score")
    graph.add_conditional_edges("score", lambda state: END if state["good"] else "answer")
    app = graph.compile()

    async def ask(question: str) -> bool:
        return bool((await app.ainvoke({"question": question}))["good"])

    yield ask


if __name__ == "__main__":
    drive(prepare)
