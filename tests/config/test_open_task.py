"""The questions of a stored run, from the config that it was made with."""

import pytest

from escalade.config.open_search import Flags, open_search
from escalade.config.open_task import items_of
from escalade.config.opening import Choices, load, open_experiment
from escalade.core.errors import ConfigError
from escalade.experiment import Runner
from escalade.search import Searcher

CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  large: {simulated: {like: ladder/large}}
  referee: {simulated: {like: ladder/judge}}
systems:
  voted: {weighted_vote: [small, large], accuracy: fitted}
experiments:
  judged: {task: {table: {path: q.csv, grading: rubric, rubric: Is right., judge: referee}}, systems: [small]}
  fitted: {task: {demo: {count: 8}}, systems: [voted], fit: 0.5}
  found:
    task: {demo: {count: 20}}
    search: {tools: [small, large], train_items: 4, selection_items: 4, heat_items: 2, max_layers: 1}
"""


@pytest.fixture
def config(written, tmp_path):
    """A config beside the table that it names."""
    (tmp_path / "q.csv").write_text("id,question,answer\nq1,What is 2 + 2?,4\nq2,What is 3 + 3?,6\n")
    return written(CONFIG)


@pytest.fixture
def choices(tmp_path):
    return Choices(store=f"sqlite:///{tmp_path}/store.sqlite")


async def asked(run, config, *changes: str) -> list[str]:
    """The ids of the items that the config has for the run."""
    said = Choices(asks=False, changes=changes)
    return [item.id for item in await items_of(run, load(config, said), config, said)]


async def test_a_simulated_judge_grades_the_same_task(config, choices):
    """The judge is part of the task, and knows its items: the unchanged config is that of the run."""
    async with open_experiment(config, "judged", choices) as opened:
        outcome = await Runner(opened.experiment, opened.store).run()
    assert await asked(outcome.run, config) == ["q1", "q2"]
    with pytest.raises(ConfigError, match=r"escalade\.yaml is no longer the one"):
        await asked(outcome.run, config, "experiments.judged.task.table.rubric=Is short.")
    with pytest.raises(ConfigError, match="has no experiment 'judged'"):
        await asked(outcome.run, config, "experiments={}")


async def test_what_measured_weights_has_the_task_of_its_experiment(config, choices):
    """Its name is no key of the config."""
    async with open_experiment(config, "fitted", choices) as opened:
        outcome = await Runner(opened.to_fit.experiment, opened.store).run()
    assert outcome.run.experiment == "fitted-fit"
    assert len(await asked(outcome.run, config)) == 8


async def test_rounds_of_a_search_have_the_parts_of_its_task(config, choices):
    """Each of its runs, with a seed that the command line said too."""
    seeded = Choices(store=choices.store, seed=7)
    async with open_search(config, "found", seeded, Flags()) as opened:
        await Searcher(opened.setting, opened.store).run()
        runs = [run for run, _, _ in opened.store.runs()]
    assert len({run.task_fingerprint for run in runs}) == 3
    for run in runs:
        assert len(await asked(run, config)) == 20
