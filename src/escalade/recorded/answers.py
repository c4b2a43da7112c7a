"""A file of recorded answers: JSONL, gzipped or not, one answer a line with `id`, `model`, `text` and maybe `usage`.

Fields may have other names; further ones, such as an answer that somebody extracted, are ignored. A file may hold
several models and, for each item, several answers: the n-th line of an item is its sample n. Loaded once, when first
needed; texts are kept as UTF-8. A line that cannot be read stops the loading with its place.
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.errors import ConfigError, DataError
from escalade.core.usage import Usage
from escalade.recorded.conversation import last_words


class RecordedFields(Struct, frozen=True):
    """What the file's fields are called."""

    id: str = "id"
    model: str = "model"
    text: str = "text"
    """A text, or a list of messages whose last one holds it."""
    usage: str = "usage"
    """An object with `input` and `output` tokens, or with OpenAI's names for them."""
    final: str = ""
    """A final answer that somebody extracted. Where it is named, the reply is that answer and nothing else, or is empty
    where the file has null there; the text then only counts for tokens."""

    @classmethod
    def of(cls, names: Mapping[str, str]) -> "RecordedFields":
        """Raises ConfigError for a name that means nothing here."""
        unknown = sorted(set(names) - set(cls.__struct_fields__))
        if unknown:
            known = ", ".join(cls.__struct_fields__)
            raise ConfigError(f"recorded answers have no field {unknown[0]!r}", hint=f"there are: {known}")
        return cls(**names)


class Recorded(Struct, frozen=True, gc=False):
    text: bytes
    chars: int
    """Of the text that the model wrote, whatever is replied."""
    usage: Usage | None
    """None where the file does not say."""


_TOKENS = {
    "input": ("input", "prompt_tokens", "input_tokens"),
    "output": ("output", "completion_tokens", "output_tokens"),
    "cached": ("cached", "cached_tokens"),
    "reasoning": ("reasoning", "reasoning_tokens"),
}


class RecordedAnswers:
    """The answers of one model in one file. `model=None` means the only one that the file holds."""

    def __init__(self, path: Path, model: str | None = None, fields: RecordedFields | None = None) -> None:
        self.path = path
        self._wanted = model
        self._fields = fields or RecordedFields()
        self._sha256 = ""
        self._model = model or ""
        self._by_item: dict[str, list[Recorded]] | None = None

    @property
    def sha256(self) -> str:
        """Of the whole file, as it was when it was first read."""
        self._load()
        return self._sha256

    @property
    def model(self) -> str:
        """The model's name in the file, "" where the file names none."""
        self._load()
        return self._model

    def of(self, item: str) -> list[Recorded]:
        """The item's answers in the file's order, none where it has none."""
        return self._load().get(item, [])

    def _load(self) -> dict[str, list[Recorded]]:
        """Reads the file on the first call. Raises DataError."""
        if self._by_item is None:
            content = self._content()
            self._sha256 = hashlib.sha256(content).hexdigest()
            by_model: dict[str, dict[str, list[Recorded]]] = {}
            for model, item, answer in self._lines(content):
                by_model.setdefault(model, {}).setdefault(item, []).append(answer)
            self._model, self._by_item = self._chosen(by_model)
        return self._by_item

    def _chosen(self, by_model: dict[str, dict[str, list[Recorded]]]) -> tuple[str, dict[str, list[Recorded]]]:
        if self._wanted in by_model:
            return self._wanted, by_model[self._wanted]
        unnamed = list(by_model) == [""]
        if len(by_model) == 1 and (self._wanted is None or unnamed):
            return next(iter(by_model.items()))
        if not by_model:
            raise DataError(f"{self.path} holds no answers")
        there = ", ".join(sorted(by_model))
        if self._wanted is None:
            raise DataError(f"{self.path} holds answers of several models", hint=f"name one with `model`: {there}")
        raise DataError(f"{self.path} holds no answers of {self._wanted!r}", hint=f"it holds those of: {there}")

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise DataError(
                f"cannot read the recorded answers {self.path}: {error.strerror}", hint="check the model's `path`"
            ) from error

    def _lines(self, content: bytes) -> Iterator[tuple[str, str, Recorded]]:
        """Model, item and answer of each line; answers of other models than the wanted one without their texts."""
        try:
            lines = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).splitlines()
        except (OSError, EOFError) as error:
            raise DataError(f"cannot unpack {self.path}: {error}") from error
        fields = self._fields
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = msgspec.json.decode(line, type=dict[str, Any])
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise self._error(number, f"not a JSON object: {error}") from error
            item, text, model = row.get(fields.id), row.get(fields.text), row.get(fields.model)
            if isinstance(text, list):
                text = last_words(text)
            if item is None or not isinstance(text, str):
                lacking = fields.id if item is None else fields.text
                raise self._error(number, f"there is no field {lacking!r}; the line has: {', '.join(row)}")
            name = "" if model is None else str(model)
            said = text if not fields.final else f"Answer: {final}" if (final := row.get(fields.final)) else ""
            kept = said.encode(errors="replace") if self._wanted in (None, name) or not name else b""
            yield name, str(item), Recorded(kept, len(text), self._usage(row.get(fields.usage), number))

    def _usage(self, value: Any, line: int) -> Usage | None:
        if value is None:
            return None
        counts: dict[str, int] = {}
        if isinstance(value, dict):
            for bucket, names in _TOKENS.items():
                count = next((value[name] for name in names if value.get(name) is not None), 0)
                counts[bucket] = count
        if not counts or not all(type(count) is int and count >= 0 for count in counts.values()):
            raise self._error(line, f"{self._fields.usage!r} is no object of token counts such as input and output")
        return Usage(counts["input"], counts["output"], cached=counts["cached"], reasoning=counts["reasoning"])

    def _error(self, line: int, message: str) -> DataError:
        return DataError(f"{self.path}, line {line}: {message}", hint="name other fields with `fields`")
