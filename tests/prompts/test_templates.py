"""Prompt templates: strict in their variables, named by their text, replaceable by a user's file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import ConfigError
from escalade.prompts import Template, from_file, names, template


def test_every_bundled_template_is_whole():
    """Each bundled template can be read, has variables, and has a fingerprint that no other has."""
    templates = [template(name) for name in names()]
    assert len(templates) >= 6
    assert all(t.text and t.text == t.text.strip() for t in templates)
    assert len({t.fingerprint for t in templates}) == len(templates)


def test_unknown_template_names_those_there_are():
    """A name that is no template is an error that lists the templates; paths are no names."""
    for name in ("jugde", "../template", ""):
        with pytest.raises(ConfigError, match="no prompt named") as error:
            template(name)
        assert "judge" in error.value.hint


@given(st.dictionaries(st.sampled_from(["question", "answer"]), st.text(), min_size=2, max_size=2))
def test_values_are_put_in_once(values):
    """Values stand in the filled text as they are: what looks like a variable in them is text."""
    tricky = {name: f"{value} ${{question}} $$ $answer {{}} \\1" for name, value in values.items()}
    filled = Template("t", "<${question}>|<${answer}>", "mine").fill(**tricky)
    assert filled == f"<{tricky['question']}>|<{tricky['answer']}>"


def test_missing_value_is_an_error():
    """A variable without a value is never left in a prompt."""
    with pytest.raises(KeyError):
        template("judge").fill(question="What?")


def test_fingerprint_is_of_the_text():
    """One text has one fingerprint wherever it comes from; one more character makes another."""
    judge = template("judge")
    assert Template("other", judge.text, "mine").fingerprint == judge.fingerprint
    assert Template("judge", judge.text + ".", "bundled").fingerprint != judge.fingerprint


def test_users_file_takes_the_place_of_a_template(tmp_path):
    """A file with the same variables, in any of their spellings, is a template; its source is the file."""
    path = tmp_path / "judge.md"
    path.write_text("\nWas $answer right for ${question}? It cost $$1.\n", encoding="utf-8")
    mine = from_file("judge", path)
    assert mine.source == str(path)
    assert mine.fill(question="Q", answer="A") == "Was A right for Q? It cost $1."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${question}", r"must use \$\{answer\}"),
        ("${question} ${answer} ${gold}", r"has no \$\{gold\}; it may use \$\{answer\}, \$\{question\}"),
        ("${question} ${Answer}", r"must use \$\{answer\}"),
        ("${question} ${answer} for $5", "starts no variable"),
        ("", "must use"),
    ],
)
def test_wrong_file_is_refused_where_it_is_loaded(tmp_path, text, said):
    """A file that lacks a variable, or has one that nobody fills, is an error naming file, prompt and variable."""
    path = tmp_path / "mine.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as error:
        from_file("judge", path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"], ids=["no file", "not UTF-8"])
def test_unreadable_file_is_named(tmp_path, content):
    """A file that cannot be read is an error that names it."""
    path = tmp_path / "mine.md"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"cannot read the prompt 'judge' from .*mine\.md"):
        from_file("judge", path)
