"""From a file to plain values: YAML without surprises, `--set`, and variables that stay text."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from escalade.config.reading import read_config, unresolved
from escalade.core.errors import ConfigError

RUDE = [
    "yes",
    "007",
    "1e3",
    "null",
    "~",
    "{a: b}",
    "[1, 2]",
    "- x",
    "a: b",
    "# x",
    "'",
    '"',
    "*x",
    "!!python/x",
    "1.50",
]


def test_duplicate_key_is_refused(written):
    """A key that stands twice is an error naming file, line and key, at any depth: neither silently wins."""
    with pytest.raises(ConfigError, match=r"escalade\.yaml, line 4, column 5: the key 'a' stands twice"):
        read_config(written("models:\n  x:\n    a: 1\n    a: 2\n"))


def test_merged_keys_may_be_overridden(written):
    """YAML's `<<` takes over another mapping's keys; the keys written beside it win and are no duplicates."""
    values = read_config(written("a: &a {x: 1, y: 2}\nb: &b {z: 0}\nc: {<<: *a, x: 3}\nd: {<<: [*a, *b]}\n"))
    assert values["c"] == {"x": 3, "y": 2}
    assert values["d"] == {"x": 1, "y": 2, "z": 0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no keys"),
        ("just words", "holds no keys"),
        ("- a\n- b", "holds no keys"),
        ("a: [1, 2", r"line 1, column \d+"),
        ("a: b: c", "line 1, column 5"),
        ("a: \t- b\n\tc: d", "line"),
        ("[1]: 2", "a key must be a word"),
        ("? {a: b}\n: 2", "a key must be a word"),
        ("a: *missing", "undefined alias"),
        ("a: &a {b: *a}", "recursive"),
        ("a: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("a: \x00", "no YAML"),
    ],
)
def test_what_is_no_config_is_named(written, text, said):
    """Whatever is wrong with the YAML, the error names the file and, where there is one, the place."""
    with pytest.raises(ConfigError, match=said) as error:
        read_config(written(text))
    assert "escalade.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("text", "hinted"),
    [("a:\n\tb: 1", True), ("a:\n  b: 1\n c: 2", True), ("a: [1", True), ("a: 1\na: 2", False), ("[1]: 2", False)],
)
def test_broken_yaml_has_a_remedy(written, text, hinted):
    """Where the parser's words alone say little; ours say enough."""
    with pytest.raises(ConfigError) as error:
        read_config(written(text))
    assert ("never tabs" in error.value.hint) is hinted


@pytest.mark.parametrize("content", [None, b"\xff\xfe a"], ids=["no file", "not UTF-8"])
def test_unreadable_file_is_named(tmp_path, content):
    """A file that is not there, or is no text, is an error that says how to get a config."""
    path = tmp_path / "mine.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"cannot read .*mine\.yaml") as error:
        read_config(path)
    assert "escalade init" in error.value.hint


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ("experiments.first.limit=20", ("experiments", "first", "limit"), 20),
        ("experiments.first.systems.1=other", ("experiments", "first", "systems", 1), "other"),
        ("experiments.first.budget.usd=0.50", ("experiments", "first", "budget", "usd"), 0.5),
        ("models.new={endpoint: here, id: x}", ("models", "new"), {"endpoint": "here", "id": "x"}),
        ("experiments.first.notes=[a, 'b=c']", ("experiments", "first", "notes"), ["a", "b=c"]),
        ("store=sqlite:///x.sqlite?a=b", ("store",), "sqlite:///x.sqlite?a=b"),
        ("experiments.first.reference=", ("experiments", "first", "reference"), None),
        ("store=${WHERE}", ("store",), "here"),
    ],
)
def test_set_changes_one_key(written, change, path, value):
    """`--set` reaches keys and list positions at any depth, makes those on the way, and reads the value as YAML."""
    config = written("experiments: {first: {systems: [a, b, c], limit: 5}}\n")
    found = read_config(config, [change], {"WHERE": "here"})
    assert found["experiments"]["first"]["systems"][2] == "c"
    for key in path:
        found = found[key]
    assert found == value


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("experiments.first.limit", "write it as path.to.key=value"),
        ("=1", "write it as path.to.key=value"),
        ("a..b=1", "write it as path.to.key=value"),
        ("experiments.first.systems.3=x", "'3' is no position in a list of 3"),
        ("experiments.first.systems.last=x", "'last' is no position"),
        ("experiments.first.systems.\u00b2=x", "is no position"),
        ("experiments.first.systems.7.x=1", "'7' is no position"),
        ("experiments.first.limit.deep=1", "no place for the key 'deep'"),
        ("experiments.first.limit.deep.deeper=1", "'deep' is inside something that has no keys"),
        ("store=[1", "--set store, line 1"),
    ],
)
def test_set_that_fits_nowhere_is_an_error(written, change, said):
    """A change that names no place, or whose value is no YAML, says where; its value, perhaps a key, is not shown."""
    with pytest.raises(ConfigError, match=said) as error:
        read_config(written("experiments: {first: {systems: [a, b, c], limit: 5}}\n"), [f"{change} # hunter2"])
    assert "--set" in str(error.value)
    assert ("=" in change) is ("hunter2" not in str(error.value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A}", "one"),
        ("<${A}-${A}>", "<one-one>"),
        ("${NOT:-other}", "other"),
        ("${EMPTY:-other}", "other"),
        ("${A:-other}", "one"),
        ("${A:?needed}", "one"),
        ("${EMPTY}", ""),
        ("${NOT:-}", ""),
        ("${NOT:-a: {b: c}", "a: {b: c"),
        ("$${A}", "${A}"),
        ("$${A} ${A} $${NOT:-x}", "${A} one ${NOT:-x}"),
        ("$A costs $5", "$A costs $5"),
    ],
)
def test_variables(written, text, value):
    """All forms of a variable, and the literal `${`, which needs no variable to be set."""
    config = written(yaml.safe_dump({"models": {"x": [text]}}))
    assert read_config(config, environ={"A": "one", "EMPTY": ""}) == {"models": {"x": [value]}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${NOT}", "the variable NOT is not set"),
        ("${EMPTY:?put it into .env}", "put it into .env"),
        ("${NOT:?}", "the variable NOT is not set"),
        ("${a-b}", "is no variable"),
        ("${}", "is no variable"),
        ("${A", "is no variable"),
        ("${NOT:-${A}}", "is no variable"),
        ("$${A} ${a b}", "is no variable"),
    ],
)
def test_variable_that_is_missing_or_misspelt(written, text, said):
    """A missing variable is never empty text: the error names file and key, and never a value."""
    config = written(yaml.safe_dump({"endpoints": {"e": {"url": text}}}))
    with pytest.raises(ConfigError, match=r"escalade\.yaml: endpoints\.e\.url: ") as error:
        read_config(config, environ={"A": "top-secret", "EMPTY": ""})
    assert said in str(error.value)
    assert "top-secret" not in str(error.value) + error.value.hint


def test_environment_comes_before_dotenv(written):
    """A variable of the environment wins over `.env`; what only `.env` has is found there, beside the config."""
    written("A=from file\nB='from file'\nexport C=3\n# D=4\n", ".env")
    config = written("a: '${A}'\nb: '${B}'\nc: '${C}'\nd: '${D:-none}'\n")
    found = read_config(config, environ={"A": "from environment"})
    assert found == {"a": "from environment", "b": "from file", "c": "3", "d": "none"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('models: {a: {system: "\\ud800"}}', r"models\.a\.system: the value is no Unicode text"),
        ('a: [x, "\\ud83d"]', r"a\.1: the value is no Unicode text"),
        ('models: {"\\udfff": {}}', r"models: the key '\\udfff' is no Unicode text"),
        ('"\\ud800": 1', r"the config: the key '\\ud800' is no Unicode text"),
        ("a: '${HALF}'", r"a: the value is no Unicode text"),
        ("a: '${NOT:-x}${HALF}'", r"a: the value is no Unicode text"),
    ],
)
def test_half_of_a_surrogate_pair_is_named(written, text, said):
    """It can be neither stored nor sent: the error names its place, and shows no value, which may be a key."""
    with pytest.raises(ConfigError, match=rf"escalade\.yaml: {said}") as error:
        read_config(written(text), environ={"HALF": "top-secret\udcff"})
    assert "UTF-8" in error.value.hint
    assert "top-secret" not in str(error.value)


def test_whole_characters_of_other_planes_survive(written):
    """Written as themselves, or as one escape."""
    assert read_config(written('a: ["\U0001f600", "\\U0001F600"]'))["a"] == ["\U0001f600"] * 2


@pytest.mark.parametrize("value", RUDE)
def test_value_of_a_variable_is_text(written, value):
    """What looks like YAML, a number or a switch in a variable's value is text: keys and ids survive as they are."""
    assert read_config(written("a: ${A}\nb: ['${A}']\n"), environ={"A": value}) == {"a": value, "b": [value]}


@given(st.text(st.characters(exclude_characters="\x00", codec="utf-8")))
def test_any_value_of_a_variable_survives(tmp_path_factory, value):
    """Whatever an environment can hold comes out unaltered, dollars and braces included."""
    path = tmp_path_factory.mktemp("config") / "escalade.yaml"
    path.write_text("a: '<${A}>'\n")
    assert read_config(path, environ={"A": value}) == {"a": f"<{value}>"}


@pytest.mark.parametrize("inside", ["{a: ${KEY}}", "[${KEY}, b]"])
def test_a_variable_without_quotes_within_braces_is_explained(tmp_path, inside):
    """YAML reads its brace as one of its own: the remedy is named, not the parser's trouble alone."""
    path = tmp_path / "escalade.yaml"
    path.write_text(f"models:\n  small: {inside}\n")
    with pytest.raises(ConfigError, match="line 2") as error:
        unresolved(path)
    assert '"${NAME}"' in error.value.hint
