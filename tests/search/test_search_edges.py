"""What a search refuses before anything is paid, and what it says of a sample of its held-out items."""

import json

import msgspec
import pytest
from worlds import kit, setting, world

from escalade.core.errors import ConfigError
from escalade.report.search_export import export_search
from escalade.search import Plan, Searcher, Shares
from escalade.search.naming import check_names
from escalade.store import Store
from escalade.tasks import Demo

PLAN = Plan(tools=("a", "b"))


@pytest.mark.parametrize("name", ["plain vote", "b x5", "a_1", "['a_1', 'b_0']"])
def test_a_system_called_like_a_structure_is_refused(name):
    """Whether or not the search will come to that structure."""
    with pytest.raises(ConfigError, match="is called like a structure"):
        check_names([name], PLAN)


@pytest.mark.parametrize("name", ["vote", "b x3", "c_1", "a", "['a_1','b_0']"])
def test_other_names_are_free(name):
    """Of other models, other samples, another spelling."""
    check_names([name], PLAN)


async def test_a_sample_of_the_held_out_items_is_said_to_be_one(tmp_path):
    """In the object, in the round's own note, and line by line in what is exported."""
    skills = {"A": 0.6, "B": 0.65}
    with Store.open("sqlite://") as store:
        whole = setting(Demo(60), kit(store, world(60), skills), Shares(train=12, selection=8), max_layers=1)
        found = (await Searcher(msgspec.structs.replace(whole, limit=15), store).run()).searched
        assert (found.parts["test"], found.limit) == ("demo: test, 15 drawn of 40 held out (of 60)", 15)
        run, _ = store.run(found.runs[-1])
        assert any("15 drawn of 40" in note and "Quote the verdicts" in note for note in run.notes)
        files = export_search(found, store, tmp_path)
        texts = [file.read_text(encoding="utf-8") for file in files if file.suffix == ".jsonl"]
        lines = [json.loads(line) for text in texts for line in text.splitlines()]
        for row in found.structures:
            for part, scored in row.parts.items():
                scores = [one["score"] for one in lines if (one["structure"], one["part"]) == (row.name, part)]
                assert sum(scores) / len(scores) == pytest.approx(scored.quality.mean)
