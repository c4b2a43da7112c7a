"""The file itself, without a browser: what it may load, what it holds, what it leaves out."""

import base64
import builtins
import csv
import hashlib
import json
import re
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import pytest
from planted import asked, plant, run_of

from escalade.analysis.tally import Tally
from escalade.core.errors import ConfigError, StoreError
from escalade.report.html import Choices, build_report
from escalade.report.html.cells import Table
from escalade.report.html.files import Folder
from escalade.report.html.overview import overview
from escalade.store import Store


@pytest.fixture(scope="session")
def source(page):
    return page.read_text(encoding="utf-8")


def unpacked(source):
    """The content of every block."""
    for data in re.findall(r'<script type="application/octet-stream" id="[a-z0-9-]+">([^<]*)</script>', source):
        yield json.loads(zlib.decompress(base64.b64decode(data, validate=True), wbits=31))


def hashed(text):
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_the_policy_names_the_only_style_and_script(source):
    """By their hashes; everything else is forbidden."""
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', source)
    (style,) = re.findall(r"<style>(.*?)</style>", source, re.DOTALL)
    (script,) = re.findall(r'<script type="module">(.*?)</script>', source, re.DOTALL)
    assert policy.split("; ") == [
        "default-src 'none'", f"style-src '{hashed(style)}'", f"script-src '{hashed(script)}'",
        "base-uri 'none'", "form-action 'none'",
    ]  # fmt: skip


def test_nothing_is_loaded_from_anywhere(source):
    """No address but those of the drawings' language, no style and no handler in an attribute."""
    assert set(re.findall(r"https?://[^\"'\s<]+", source)) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
    }  # fmt: skip
    assert not re.findall(r"<[^>]+\s(?:style|on\w+|src)=", re.sub(r"<script.*?</script>", "", source, flags=re.DOTALL))


def test_every_id_is_there_once_and_every_label_leads_to_one(source):
    """So that links, titles and descriptions belong to what they stand with."""
    ids = re.findall(r'\sid="([^"]+)"', source)
    assert len(ids) == len(set(ids))
    wanted = re.findall(r'aria-labelledby="([^"]+)"', source)
    assert {name for names in wanted for name in names.split()} <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', source)) <= set(ids)


def test_the_page_says_what_its_summary_says(source):
    """The plain sentence, the simulated mark, the fingerprint, the verdicts."""
    for part in ("Simulated: no real model answered.", "small is worse than large", "random mixing", "f1", "mcnemar"):
        assert part in source


def test_equal_stores_make_equal_pages(tmp_path, page, built):
    """To the byte."""
    plant(f"sqlite:///{tmp_path}/store.sqlite", 120)
    assert built(f"sqlite:///{tmp_path}/store.sqlite").read_bytes() == page.read_bytes()


def test_a_private_task_leaves_no_text_in_any_file(private):
    """Neither question nor answer nor reason: not in the page, packed or not, and not with the figures and tables."""
    page = (private / "page.html").read_text(encoding="utf-8")
    held = [page.partition('<script type="module">')[0], json.dumps(list(unpacked(page)))]
    held += [file.read_text(encoding="utf-8") for file in private.glob("*/*") if file.suffix in (".csv", ".svg")]
    assert len(held) > 20
    assert "sum-00002" in held[1]
    for secret in ("vermilion", "says:", asked(2)):
        assert secret not in "".join(held)


def test_texts_are_cut_in_the_middle_at_the_limit(tmp_path):
    """With the count of what is gone; the ends stay, since answers stand there."""
    url, page = f"sqlite:///{tmp_path}/store.sqlite", tmp_path / "page.html"
    plant(url, 1, say=lambda _n, _model: "begin " + "x" * 5_000 + " end")
    with Store.open(url) as store:
        told = build_report(store, ["planted"], page, Choices(text_limit=100))
    texts = [text for found in unpacked(page.read_text()) for text in found.get("texts", {}).values()]
    assert told.texts_cut == 3
    for text in texts:
        assert text.startswith("begin xxx")
        assert text.endswith("xxx end")
        assert "[... 4,910 characters left out of this file ...]" in text
    assert "longer than 100 characters" in page.read_text()


def summary_of(mark, name):
    run = run_of(0, id=name, task_fingerprint=mark)
    return Tally(run).summary({})


@pytest.mark.parametrize(("marks", "tables"), [(("f1",), 0), (("f1", "f1"), 1), (("f1", "f2", "f1"), 2), (("", ""), 2)])
def test_runs_share_a_table_where_they_share_a_task(marks, tables):
    """What differs in questions, wording or grading, or may differ, is never side by side."""
    found = overview([summary_of(mark, f"run-{n}") for n, mark in enumerate(marks)])
    assert len(found) == tables
    for table in found:
        assert len({marks[int(row[0].removeprefix("run-"))] for row in table.rows}) == 1


def test_the_page_says_that_runs_of_different_tasks_cannot_be_compared(tmp_path, built):
    """And has a part for each of them."""
    url = f"sqlite:///{tmp_path}/store.sqlite"
    for number in (1, 2):
        plant(url, 2, id=f"planted-{number}", task_fingerprint=f"f{number}")
    source = built(url, ("planted-1", "planted-2")).read_text(encoding="utf-8")
    assert "not comparable" in source
    assert len([found for found in unpacked(source) if "ids" in found]) == 2


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """What was told of a report with its figures and tables."""
    folder = tmp_path_factory.mktemp("files")
    url = f"sqlite:///{folder}/store.sqlite"
    plant(url, 12)
    with Store.open(url) as store:
        choices = Choices(figures=folder / "figures", tables=folder / "tables")
        return build_report(store, ["planted"], folder / "page.html", choices)


def test_figures_are_written_as_svg_and_png(written):
    """Each SVG is well-formed, titled and described; each PNG is one."""
    files = [Path(file) for file in written.figures]
    wanted = ("quality-cost", "funnel", "false-accepts", "calibration-ladder", "cost-over-the-run", "answer-lengths",
              "cost-by-role", "cost-by-rung", "cost-by-model", "by-kind", "quality-by-rung")  # fmt: skip
    assert {file.name for file in files} == {f"planted-1-{name}{end}" for name in wanted for end in (".svg", ".png")}
    for file in files:
        if file.suffix == ".png":
            assert file.read_bytes().startswith(b"\x89PNG")
            continue
        title, text, *_ = ET.fromstring(file.read_text(encoding="utf-8"))
        assert (title.tag, text.tag) == tuple(f"{{http://www.w3.org/2000/svg}}{name}" for name in ("title", "desc"))
        assert title.text
        assert len(text.text) > 20


def test_a_figure_says_of_itself_that_it_is_simulated(written):
    """A file leaves its page, and the page's caution with it: each drawing carries its own."""
    for file in map(Path, written.figures):
        if file.suffix == ".svg":
            assert "Simulated: no real model answered." in file.read_text(encoding="utf-8")


def test_tables_are_written_in_full(written):
    """Shares from 0 to 1, money exact, an interval in columns of its own, nothing for what is not known."""
    (file,) = (Path(file) for file in written.tables if file.endswith("planted-1-quality-cost.csv"))
    with file.open(newline="", encoding="utf-8") as stream:
        rows = {row["system"]: row for row in csv.DictReader(stream)}
    assert rows["small"]["accuracy"] == "0.5"
    assert float(rows["small"]["accuracy low"]) < 0.5 < float(rows["small"]["accuracy high"])
    assert rows["small"]["USD per question"] == "0.001"
    assert rows["ladder"]["on the hull"] == ""


def test_names_that_a_file_system_refuses_are_spelt_otherwise(tmp_path):
    """None leads out of the folder, and those that become the same stay several files."""
    folder = Folder(tmp_path / "t")
    names = ("../../a b", "../../a.b", "A" * 300, "a" * 300)
    folder.tabulate("run", [Table(slug=name, title="", columns=(), rows=()) for name in names])
    assert {Path(file).parent for file in folder.written} == {tmp_path / "t"}
    assert len({file.casefold() for file in folder.written}) == len(names)


def test_a_run_without_a_finished_trial_has_a_page(tmp_path, built):
    """It says so, and draws nothing."""
    url = f"sqlite:///{tmp_path}/store.sqlite"
    plant(url, 0)
    source = built(url).read_text()
    assert "planted on sums" in source
    assert "<svg" not in source


def test_a_page_is_there_whole_or_not_at_all(tmp_path, built):
    """A run that is not in the store leaves the old page as it was, and a folder that is a file is told."""
    url, page = f"sqlite:///{tmp_path}/store.sqlite", tmp_path / "page.html"
    plant(url, 2)
    page.write_text("old")
    with Store.open(url) as store:
        with pytest.raises(StoreError, match="no run 'none'"):
            build_report(store, ["none"], page, Choices())
        with pytest.raises(ConfigError, match="cannot write"):
            build_report(store, ["planted"], page / "inside.html", Choices())
    assert page.read_text() == "old"


def test_a_missing_package_is_named_with_its_remedy(tmp_path, monkeypatch):
    """In one line, before anything is read."""
    real = builtins.__import__

    def without(name, *arguments, **named):
        if name == "vl_convert":
            raise ModuleNotFoundError("No module named 'vl_convert'", name="vl_convert")
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with Store.open("sqlite://") as store, pytest.raises(ConfigError, match="vl_convert") as found:
        build_report(store, ["any"], tmp_path / "page.html", Choices())
    assert "pip install 'escalade[report]'" in found.value.hint
