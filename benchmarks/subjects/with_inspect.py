"""Inspect: a task whose solver is the worker and whose scorer asks the judge; its own runner, with its log.

The one peer that, like Escalade, keeps what happened.
"""

import os
import tempfile

from drive import JUDGE_SAYS, WARM_UP, WORKER_SAYS, Work, accepted, measured, questions, to_judge, work
from inspect_ai import Task
from inspect_ai import eval as run_evaluation
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig, Model, get_model
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState, generate, system_message


@scorer(metrics=[mean()])
def judged(judge: Model) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001  (the signature of every scorer)
        asked = to_judge(state.input_text, state.output.completion)
        said = await judge.generate([ChatMessageSystem(content=JUDGE_SAYS), ChatMessageUser(content=asked)])
        return Score(value=float(accepted(said.completion)))

    return score


def run(asked: list[str], concurrency: int, logs: str) -> int:
    """Answer all questions as one evaluation; how many answers were accepted."""
    config = GenerateConfig(max_connections=concurrency, max_retries=0)
    worker = get_model("openai-api/local/worker", config=config)
    judge = get_model("openai-api/local/judge", config=config)
    samples = MemoryDataset([Sample(input=question, target="none") for question in asked])
    task = Task(dataset=samples, solver=[system_message(WORKER_SAYS), generate()], scorer=judged(judge))
    log = run_evaluation(task, model=worker, max_samples=concurrency, log_dir=logs, display="none", log_level="error")[
        0
    ]
    if log.status != "success" or log.results is None:
        return 0
    return round(log.results.scores[0].metrics["mean"].value * len(asked))


def whole(asked: Work) -> None:
    os.environ |= {"LOCAL_API_KEY": "none", "LOCAL_BASE_URL": asked.url}
    with tempfile.TemporaryDirectory() as logs:
        run(questions(WARM_UP, start=asked.questions), WARM_UP, logs)
        todo = questions(asked.questions)
        with measured(asked) as outcome:
            outcome["accepted"] = run(todo, asked.concurrency, logs)


if __name__ == "__main__":
    whole(work())
