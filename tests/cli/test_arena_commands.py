"""`escalade run` on arena_hard, `escalade arena` and a judge in `escalade compare`: on simulated models, end to end."""

import json

import pytest
from typer.testing import CliRunner

from escalade.cli.main import app

CONFIG = """
models:
  anchor: {simulated: {skill: {accuracy: 0.5}}}
  strong: {simulated: {skill: {accuracy: 0.8}}}
  weak: {simulated: {skill: {accuracy: 0.25}}}
  one: {simulated: {like: ladder/judge, judging: {position_bias: 0.1, verbosity_bias: 0.1}}}
  two: {simulated: {like: ladder/judge, judging: {unparseable: 0.3}}}
experiments:
  arena:
    task: {arena_hard: {path: question.jsonl, verify: false, judge: [one, two], baseline: anchor}}
    systems: [strong, weak]
"""
ITEMS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A config with questions of its own, run once."""
    place = tmp_path_factory.mktemp("arena")
    (place / "escalade.yaml").write_text(CONFIG)
    rows = [
        {"uid": f"q{n:02}", "category": ("hard_prompt", "creative_writing")[n % 2], "prompt": f"Tell me about {n}."}
        for n in range(ITEMS)
    ]
    (place / "question.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    escalade("run", str(place / "escalade.yaml"), "--quiet", "--store", store(place))
    return place


def store(place):
    return f"sqlite:///{place}/store.sqlite"


def escalade(*arguments, code=0):
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def run_of(place):
    return json.loads(escalade("runs", "--json", "--store", store(place)).stdout)[-1]["run"]["id"]


def scored(*arguments):
    return json.loads(escalade("arena", "score", *arguments, "--json").stdout)


def test_the_report_has_the_boards_and_says_what_is_simulated(folder):
    """Under the usual tables, official figures and ours, and nothing that passes for real."""
    shown = escalade("show", run_of(folder), "--store", store(folder)).stdout
    assert "(simulated judge and baseline)" in shown
    assert shown.count("SIMULATED") == 3
    assert "official [90 %, by game]" in shown
    assert "Krippendorff's alpha" in shown
    assert "the grader failed" not in shown


def test_scores_are_worked_out_from_what_is_stored(folder):
    """By category, for both judges; stronger is better; unread labels are counted."""
    found = scored(run_of(folder), "--store", store(folder))
    assert [board["conditions"]["category"] for board in found["boards"]] == ["creative_writing", "hard_prompt"]
    assert found["simulated"] is True
    for board in found["boards"]:
        assert [standing["system"] for standing in board["standings"]] == ["strong", "weak"]
        assert all(s["ours"]["low"] < s["ours"]["value"] < s["ours"]["high"] for s in board["standings"])
        assert {name for name, _ in board["conditions"]["judges"]} == {"one", "two"}
        assert board["conditions"]["baseline"] == "anchor"
        assert board["controlled"][0]["features"] == ["length"]
    assert sum(s["unjudged"] for board in found["boards"] for s in board["standings"]) > 0


def test_another_scheme_and_one_judge_need_no_call(folder):
    """The same facts, scored otherwise."""
    whole = [run_of(folder), "--store", store(folder), "--features", "none"]
    official, linear, own, alone = (
        scored(*whole, *more)["boards"][0]
        for more in ([], ["--scheme", "linear"], ["--scheme", "better=0.75,much_better=1"], ["--judge", "one"])
    )
    shares = {name: [s["ours"]["value"] for s in b["standings"]] for name, b in {"o": official, "l": linear}.items()}
    assert shares["o"] != shares["l"]
    assert [s["ours"]["value"] for s in own["standings"]] == pytest.approx(shares["l"])
    assert (alone["alpha"], alone["standings"][0]["by_judge"]) == (None, {})
    assert len(scored(*whole[:3], "--features", "all")["boards"][0]["controlled"]) == 15


def test_exported_files_give_the_same_figures(folder, tmp_path):
    """Written, read again as official files, and kept as a run: label for label; still said to be simulated."""
    run = run_of(folder)
    escalade("arena", "export", run, "-o", tmp_path / "out", "--store", store(folder))
    assert len(list((tmp_path / "out").rglob("*.jsonl"))) == 2 + 2 * 2
    ours = scored(run, "--store", store(folder), "--features", "none")
    read = scored(tmp_path / "out" / "model_judgment", "--features", "none")
    assert _figures(read) == _figures(ours)
    assert read["simulated"] is True
    new = ["--answers", tmp_path / "out" / "model_answer", "--store", store(tmp_path), "--json"]
    kept = [json.loads(escalade("arena", "import", tmp_path / "out" / "model_judgment", *new).stdout) for _ in "ab"]
    assert kept[0] == kept[1]
    assert kept[0]["judgments"] == 2 * ITEMS
    again = scored(kept[0]["run"], "--store", store(tmp_path), "--features", "none")
    assert _figures(again) == _figures(ours)
    report = json.loads(escalade("show", kept[0]["run"], "--store", store(tmp_path), "--json").stdout)
    assert [(s["cost"]["total"], s["latency_s"]) for s in report["systems"]] == [(None, None)] * 2


def _figures(found):
    return [
        [(s["system"], s["ours"], s["official"], s["shown_first"], s["unjudged"]) for s in board["standings"]]
        for board in found["boards"]
    ]


def test_a_plan_bounds_the_judging(folder):
    """Apart from the systems: two judges, two games, each asked for once more, and the baseline's answer."""
    config = ("plan", folder / "escalade.yaml")
    planned = json.loads(escalade(*config, "--json").stdout)["systems"]
    assert [(s["worst"]["calls"], s["grading"]["calls"]) for s in planned] == [(ITEMS, ITEMS * (1 + 2 * 2 * 2))] * 2
    took = json.loads(escalade("show", run_of(folder), "--json", "--store", store(folder)).stdout)["grading"]
    assert sum(float(s["grading"]["usd"]) for s in planned) > float(took["usd"]) > 0
    assert f"on an account apart that no budget limits: at most {18 * ITEMS:,} calls" in escalade(*config).stdout


def test_judging_again_is_paid_for_nobody(folder):
    """With another scheme the run is another, and its games come from the journal."""
    config = ["run", folder / "escalade.yaml", "--json", "--offline", "--store", store(folder)]
    changed = json.loads(escalade(*config, "--set", "experiments.arena.task.arena_hard.scheme=linear").stdout)
    assert changed["grading"]["calls"] > 4 * ITEMS
    assert changed["run"]["id"] != run_of(folder)


def test_a_judge_compares_stored_answers_of_two_systems(folder):
    """Exchanged, the share is one less; the second time nobody is asked."""
    run = run_of(folder)
    common = ["--judge", "one", "--config", folder / "escalade.yaml", "--store", store(folder), "--json"]
    sides = [f"{run}:strong", f"{run}:weak"]
    here = json.loads(escalade("compare", *sides, *common).stdout)
    there = json.loads(escalade("compare", *sides[::-1], *common, "--offline").stdout)
    for mine, theirs in zip(here["boards"], there["boards"], strict=True):
        assert mine["conditions"]["baseline"] == "weak"
        value = mine["standings"][0]["ours"]["value"]
        assert value > 0.6
        assert theirs["standings"][0]["ours"]["value"] == pytest.approx(1 - value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "{run}", "--judge", "nobody", "--config", "{config}"], "there is no model or system 'nobody'"),
        (["compare", "{run}:strong", "--judge", "one", "--config", "{config}"], "compares two systems"),
        (["compare", "{run}", "--judge", "one"], "a judge must be found in a config"),
        (["compare", "{run}", "--judge", "two", "--config", "{config}", "--budget", "0.000001"], "run budget"),
        (["arena", "score", "{run}", "--scheme", "best"], "there is no scheme 'best'"),
        (["arena", "score", "{run}", "--features", "colour"], "no feature of style 'colour'"),
        (["arena", "score", "{run}", "--judge", "three"], "there is no judge 'three'"),
        (["arena", "score", "{run}", "{run}"], "one run, or files only"),
        (["arena", "score", "missing.jsonl"], "there is no file missing.jsonl"),
        (["arena", "export", "nowhere", "-o", "out"], "there is no run 'nowhere'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(folder, arguments, said):
    """Before anybody is asked."""
    known = {"run": run_of(folder), "config": folder / "escalade.yaml"}
    words = [word.format(**known) for word in arguments]
    result = CliRunner().invoke(app, [*words, *([] if "missing.jsonl" in words else ["--store", store(folder)])])
    assert result.exit_code != 0
    assert said in str(result.exception)


@pytest.mark.parametrize("option", [["--gap", "2"], ["--first"], ["--anyway"]])
def test_a_judge_does_not_take_what_is_about_grades(option):
    """An option that would do nothing is refused."""
    assert "are about grades" in escalade("compare", "a", "b", "--judge", "j", *option, code=2).output


def test_a_judge_that_is_a_system_of_several_is_flagged_as_kin(tmp_path):
    """By the models that make it up, also where only its verdicts are asked for."""
    config = tmp_path / "escalade.yaml"
    config.write_text(
        CONFIG.replace("experiments:", "systems:\n  panel: {vote: [one, strong]}\nexperiments:").replace(
            "[one, two]", "[panel, two]"
        )
    )
    row = {"uid": "q", "category": "hard_prompt", "prompt": "Tell me."}
    (tmp_path / "question.jsonl").write_text(json.dumps(row) + "\n")
    escalade("run", config, "--quiet", "--store", store(tmp_path))
    found = scored(run_of(tmp_path), "--judge", "panel", "--store", store(tmp_path), "--features", "none")
    assert [(kin["system"], kin["judge"]) for kin in found["kinships"]] == [("strong", "strong")]


def test_a_run_that_was_not_judged_has_no_boards(tmp_path):
    """It is said what can be scored."""
    config = tmp_path / "plain.yaml"
    config.write_text(
        "models: {m: {simulated: {}}}\nexperiments: {plain: {task: {demo: {count: 3}}, systems: [m]}}\n",
        encoding="utf-8",
    )
    escalade("run", config, "--quiet", "--store", store(tmp_path))
    result = CliRunner().invoke(app, ["arena", "score", run_of(tmp_path), "--store", store(tmp_path)])
    assert "no answer that was judged" in str(result.exception)
