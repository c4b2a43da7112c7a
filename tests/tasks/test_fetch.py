"""Where a benchmark's file is found, and that it is the one that was promised."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from escalade.core.errors import DataError
from escalade.tasks.fetch import DataFiles, Published, sha256_of

CONTENT = b'{"problem": "1+1"}\n'


class Hub:
    """A publisher's server that counts what it is asked."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.asked = 0
        self.file = Published(
            name="Sums",
            places=("sums.jsonl", "old/sums.jsonl"),
            source="it is at the hub",
            url="",
            sha256=hashlib.sha256(CONTENT).hexdigest(),
        )

    async def serve(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(body=self.content)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    monkeypatch.delenv("ESCALADE_DATA", raising=False)
    hub = Hub()
    app = web.Application()
    app.router.add_get("/sums.jsonl", hub.serve)
    async with TestServer(app) as server:
        hub.file = msgspec.structs.replace(hub.file, url=str(server.make_url("/sums.jsonl")))
        yield hub


async def test_download_is_kept(hub: Hub, tmp_path: Path) -> None:
    """A file is downloaded once, whole, and nothing but it stays in the cache."""
    first = await DataFiles(cache=tmp_path / "cache").obtain(hub.file)
    assert first.read_bytes() == CONTENT
    assert await DataFiles(cache=tmp_path / "cache").obtain(hub.file) == first
    assert hub.asked == 1
    assert names(tmp_path / "cache") == ["sums.jsonl"]


async def test_corrupt_cache_is_mended(hub: Hub, tmp_path: Path) -> None:
    """A file in the cache that is not the published one is downloaded again."""
    (tmp_path / "sums.jsonl").write_text("broken")
    assert (await DataFiles(cache=tmp_path).obtain(hub.file)).read_bytes() == CONTENT


async def test_wrong_download_is_refused(hub: Hub, tmp_path: Path) -> None:
    """A download with another hash is refused and not kept."""
    hub.content = b"something else"
    with pytest.raises(DataError, match="not the file that was promised"):
        await DataFiles(cache=tmp_path).obtain(hub.file)
    assert names(tmp_path) == []


async def test_failed_download_says_where_to_put_the_file(hub: Hub, tmp_path: Path) -> None:
    """Offline, the error says where the file is published and how a copy of it is named."""
    file = msgspec.structs.replace(hub.file, url=f"{hub.file.url}.absent")
    with pytest.raises(DataError, match="cannot download Sums") as failed:
        await DataFiles(cache=tmp_path).obtain(file)
    assert all(part in failed.value.hint for part in ("it is at the hub", "`path:`", "ESCALADE_DATA"))
    assert names(tmp_path) == []


async def test_local_path_is_verified(hub: Hub, tmp_path: Path) -> None:
    """The user's own copy must be the published file, unless they say otherwise."""
    own = tmp_path / "mine.jsonl"
    own.write_bytes(CONTENT)
    assert await DataFiles().obtain(hub.file, own) == own
    own.write_bytes(b"changed")
    with pytest.raises(DataError, match="is not the published file") as refused:
        await DataFiles().obtain(hub.file, own)
    assert "verify: false" in refused.value.hint
    assert await DataFiles().obtain(hub.file, own, verify=False) == own
    assert hub.asked == 0


async def test_missing_local_path_is_an_error(hub: Hub, tmp_path: Path) -> None:
    """A path that names no file does not fall back on a download."""
    with pytest.raises(DataError, match="there is no file"):
        await DataFiles().obtain(hub.file, tmp_path / "absent.jsonl")
    assert hub.asked == 0


async def test_data_folder_comes_before_the_network(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ESCALADE_DATA is looked into first, in each of the file's places."""
    monkeypatch.setenv("ESCALADE_DATA", str(tmp_path))
    place = tmp_path / "old" / "sums.jsonl"
    place.parent.mkdir()
    place.write_bytes(CONTENT)
    assert await DataFiles().obtain(hub.file) == place
    assert hub.asked == 0


def test_unreadable_file_is_a_data_error(tmp_path: Path) -> None:
    """A hash of what cannot be read is an error of the data."""
    with pytest.raises(DataError, match="cannot read"):
        sha256_of(tmp_path)
