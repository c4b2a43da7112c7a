"""The pages of the repository and the fenced blocks in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "examples" / "extension" / "README.md"])
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The blocks of `page` that are fenced with `language`, "" for those without one."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [body for fenced, body in _BLOCK.findall(text) if fenced == language]


def without_blocks(page: Path) -> str:
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))
