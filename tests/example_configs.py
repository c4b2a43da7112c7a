"""What tests of the ready configs share: the environment they are loaded in, and what one needs beside it."""

import re
from pathlib import Path

from data_folder import DATA, needed

_NAMED = re.compile(r"\$\{ESCALADE_DATA[^}]*\}/([^\"' ,}]+)")
_FOUND_BY_NAME = {
    "math500": "math500.jsonl",
    "gpqa": "gpqa_dataset.zip",
    "arena_hard": "arena_hard/v2.0/question.jsonl",
}
"""Tasks that look for their file in the data folder by themselves."""
DUMMY = {
    "OPENROUTER_API_KEY": "dummy-key",
    "OPENAI_API_KEY": "dummy-key",
    "AZURE_OPENAI_ENDPOINT": "https://example.openai.azure.com",
    "AZURE_OPENAI_API_KEY": "dummy-key",
    "AZURE_API_VERSION": "2024-10-21",
    "AZURE_DEPLOYMENT_NAME": "gpt-4o",
    "NUM_QUESTIONS": "2",
    "ESCALADE_DATA": str(DATA),
}
"""Values of the right form, under which no server can be reached."""


def need_data_of(config: Path) -> None:
    """Skip the test if a benchmark's file that the config reads is not on this machine."""
    text = config.read_text(encoding="utf-8")
    asked = re.findall(r"^ *task: *\{? *(\w+)", text, re.MULTILINE)
    for name in (*_NAMED.findall(text), *(_FOUND_BY_NAME[task] for task in asked if task in _FOUND_BY_NAME)):
        needed(name)
