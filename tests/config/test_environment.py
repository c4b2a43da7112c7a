"""The `.env` beside a config: read whole, or an error with file, line and remedy, and never a value."""

import os
import stat

import pytest

from escalade.config.environment import variables
from escalade.core.errors import ConfigError


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"A=1\nMY API KEY=hunter2\n", 2),
        (b"\n\nhunter2\n", 3),
        (b"A=1\n\n  # a comment\nKEY: hunter2\n", 4),
        (b'A=1\r\nKEY="hunter2\r\nB=2\r\n', 2),
        (b"A=1\nB=2\nKEY=hunter2\xff\n", 3),
        ("KEY=hunter2\n".encode("utf-16"), 1),
    ],
)
def test_a_damaged_line_is_named_with_a_remedy(tmp_path, caplog, content, line):
    """Whatever is wrong with it, the message shows nothing of what stands there, and the log stays empty."""
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(ConfigError, match=rf"\.env, line {line}: this is not ") as error:
        variables(tmp_path, {})
    assert error.value.hint
    assert "hunter2" not in f"{error.value} {error.value.hint}"
    assert not caplog.records


def test_a_folder_of_that_name_is_an_error(tmp_path):
    """It was meant to hold variables, and would be missed in silence."""
    (tmp_path / ".env").mkdir()
    with pytest.raises(ConfigError, match=r"cannot read .*\.env") as error:
        variables(tmp_path, {})
    assert "the environment" in error.value.hint


def test_a_file_that_may_not_be_read_is_an_error(tmp_path):
    """With the same remedy."""
    path = tmp_path / ".env"
    path.write_text("KEY=1")
    path.chmod(stat.S_IWUSR)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(ConfigError, match=r"cannot read .*\.env") as error:
        variables(tmp_path, {})
    assert "may read" in error.value.hint


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", {}),
        (b"# nothing\n\n", {}),
        (b"\xef\xbb\xbfA=1\r\nexport B='2 3'\r\n", {"A": "1", "B": "2 3"}),
        (b'A="x # y" # a comment\nB=\nC=a=b\n', {"A": "x # y", "B": "", "C": "a=b"}),
    ],
)
def test_what_is_sound_is_read(tmp_path, content, found):
    """Comments, quotes, `export`, Windows' line ends and its mark of UTF-8."""
    (tmp_path / ".env").write_bytes(content)
    assert variables(tmp_path, {}) == found


def test_without_a_file_there_is_the_environment(tmp_path):
    """And nothing else."""
    assert variables(tmp_path, {"A": "1"}) == {"A": "1"}
