"""Links between the pages lead somewhere."""

import re

import pytest
from fenced import PAGES, ROOT, without_blocks

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page):
    """What a heading of `page` may be linked by, spelt as repository hosts spell it."""
    heads = re.findall(r"^#+ (.+)$", without_blocks(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_internal_link_resolves(page):
    """Its file is there and, where it names a heading, so is that."""
    for link in _LINK.findall(without_blocks(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}"
        assert ROOT in target.parents, f"{page.name} links out of the repository: {link}"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"
