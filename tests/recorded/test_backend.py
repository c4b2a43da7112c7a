"""Answers from a file, in place of a model."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from escalade.core.errors import ConfigError, DataError, Refused
from escalade.core.messages import Message, Request
from escalade.core.usage import Usage
from escalade.models.backend import Backend
from escalade.recorded import RecordedBackend

ROWS = [
    {"id": "q1", "model": "big", "text": "The answer is (A).", "pred": "A"},
    {"id": "q1", "model": "small", "text": "\u03c0 is the answer", "pred": None},
    {"id": "q2", "model": "big", "text": "", "usage": {"prompt_tokens": 7, "completion_tokens": 3}},
    {"id": "q1", "model": "big", "text": "On reflection, (B)."},
]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def asked(item: str, sample: int = 0, content: str = "12345678") -> Request:
    return Request((Message("user", content),), item=item, sample=sample)


async def said(backend: Backend, request: Request) -> str:
    return (await backend.send(backend.encode(request), request)).text


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.jsonl.gz"])
async def test_item_decides_the_answer(tmp_path: Path, name: str) -> None:
    """Whatever the words, an item gets what the model said to it, also from a gzipped file."""
    backend = RecordedBackend(written(tmp_path / name, ROWS), "small")
    assert await said(backend, asked("q1")) == "\u03c0 is the answer"
    assert await said(backend, asked("q1", content="Others said (B). Improve on it.")) == "\u03c0 is the answer"
    assert (backend.by_item, backend.simulated, backend.model_id) == (True, False, "small")


async def test_samples_are_the_lines_of_an_item(tmp_path: Path) -> None:
    """The n-th line of an item is its sample n; a further sample is refused with what is needed."""
    backend = RecordedBackend(written(tmp_path / "a.jsonl", ROWS), "big")
    assert await said(backend, asked("q1", 0)) == "The answer is (A)."
    assert await said(backend, asked("q1", 1)) == "On reflection, (B)."
    with pytest.raises(Refused, match="sample 2 of item 'q1'") as refused:
        await said(backend, asked("q1", 2))
    assert "self-consistency" in refused.value.hint


@pytest.mark.parametrize("content", ["Certainly.", {"answer": "Certainly."}])
async def test_a_conversation_s_last_message_is_the_answer(tmp_path: Path, content: Any) -> None:
    """Files of whole conversations, such as Arena-Hard's answers, are read as they are."""
    asking, answering = {"role": "user", "content": "Well?"}, {"role": "assistant", "content": content}
    path = written(tmp_path / "a.jsonl", [{"uid": "q1", "model": "m", "messages": [asking, answering]}])
    backend = RecordedBackend(path, fields={"id": "uid", "text": "messages"})
    assert await said(backend, asked("q1")) == "Certainly."


async def test_a_conversation_without_an_answer_is_an_error(tmp_path: Path) -> None:
    """With its line."""
    path = written(tmp_path / "a.jsonl", [{"id": "q1", "text": [{"role": "assistant", "content": None}]}])
    with pytest.raises(DataError, match="line 1"):
        await said(RecordedBackend(path), asked("q1"))


async def test_unrecorded_item_is_refused(tmp_path: Path) -> None:
    """There is no answer to an item that is not in the file, and another try will not help."""
    backend = RecordedBackend(written(tmp_path / "a.jsonl", ROWS), "big")
    with pytest.raises(Refused, match="no recorded answer of big to item 'q9'") as refused:
        await said(backend, asked("q9"))
    assert not refused.value.retryable
    assert refused.value.billed is False


async def test_usage_is_the_file_s_or_an_estimate(tmp_path: Path) -> None:
    """Recorded counts are passed on; others are four characters a token, and said to be estimates."""
    path = written(tmp_path / "a.jsonl", ROWS)
    backend = RecordedBackend(path, "big")
    assert (await backend.send(b"", asked("q2"))).usage == Usage(7, 3)
    assert (await backend.send(b"", asked("q1"))).usage == Usage(2, 5, estimated=True)
    counted = RecordedBackend(path, "big", input_chars={"q1": 41})
    assert (await counted.send(b"", asked("q1"))).usage == Usage(11, 5, estimated=True)


def test_identity_names_content_model_and_counting(tmp_path: Path) -> None:
    """Another file, model or way of counting is another backend; another place of the same file is not."""
    path, copy = written(tmp_path / "a.jsonl", ROWS), written(tmp_path / "b.jsonl", ROWS)
    other = written(tmp_path / "c.jsonl", ROWS[:2])
    identity = RecordedBackend(path, "big").identity
    assert RecordedBackend(copy, "big").identity == identity
    assert RecordedBackend(other, "big").identity != identity
    assert RecordedBackend(path, "small").identity != identity
    assert RecordedBackend(path, "big", input_chars={"q1": 1}).identity != identity


def test_body_is_canonical_and_bounds_the_prompt(tmp_path: Path) -> None:
    """Equal requests have equal bodies, and a body has at least a byte for each of the prompt's."""
    backend = RecordedBackend(tmp_path / "absent.jsonl")
    assert backend.encode(asked("q1")) == backend.encode(asked("q1"))
    assert backend.encode(asked("q1")) != backend.encode(asked("q2"))
    assert len(backend.encode(asked("q1", content="x" * 500))) > 500


async def test_fields_may_have_other_names(tmp_path: Path) -> None:
    """A file with fields of other names, and of one unnamed model, is read by saying so."""
    path = written(tmp_path / "a.jsonl", [{"uid": 7, "answer": "yes"}])
    backend = RecordedBackend(path, fields={"id": "uid", "text": "answer"})
    assert await said(backend, asked("7")) == "yes"
    with pytest.raises(ConfigError, match="no field 'uid'"):
        RecordedBackend(path, fields={"uid": "id"})


@pytest.mark.parametrize(
    ("content", "model", "message"),
    [
        (b"{}\n", None, "line 1: there is no field 'id'"),
        (b'{"id": "q1"}\n', None, "line 1: there is no field 'text'"),
        (b'\n{"id": "q1", "text"\n', None, "line 2: not a JSON object"),
        (b"[1]\n", None, "line 1: not a JSON object"),
        (b'{"id": "q1", "text": "x", "usage": 12}\n', None, "line 1: 'usage' is no object of token counts"),
        (b'{"id": "q1", "text": "x", "usage": {"input": -1}}\n', None, "line 1: 'usage'"),
        (b"", None, "holds no answers"),
        (b"\x1f\x8bnot gzip", None, "cannot unpack"),
        (b'{"id": "q1", "text": "x", "model": "a"}\n', "b", "holds no answers of 'b'"),
        (b'{"id":"1","text":"x","model":"a"}\n{"id":"1","text":"x","model":"b"}\n', None, "several models"),
    ],
)
async def test_unreadable_file_is_a_data_error(tmp_path: Path, content: bytes, model: str | None, message: str) -> None:
    """What is wrong with a file is said with its place."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        await RecordedBackend(path, model).send(b"", asked("q1"))


async def test_missing_file_is_a_data_error(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(DataError, match="cannot read the recorded answers"):
        await RecordedBackend(tmp_path / "absent.jsonl").send(b"", asked("q1"))
