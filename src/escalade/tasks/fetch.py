"""Where a benchmark's file is found: a path that the user gives, the data folder, the cache, its publisher.

In that order. A file is verified by its hash wherever it comes from, and a changed one is refused. Nothing is
downloaded where --offline forbids it, and a half-finished download is never seen under the file's name.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from msgspec import Struct

from escalade.core.errors import DataError

VARIABLE = "ESCALADE_DATA"
_TIMEOUT_S = 120.0


class Published(Struct, frozen=True, kw_only=True):
    """A data file as its publisher offers it."""

    name: str
    """What it is called in messages."""
    places: tuple[str, ...]
    """Where it may lie below the folder ESCALADE_DATA; the first is also its name in the cache."""
    source: str
    """Who publishes it, in words, for whoever has to get it by hand."""
    url: str
    sha256: str
    """64 hex digits: the one state of the file that counts, whatever its publisher may put in its place."""
    key: str = "path"
    """The key of the task that names a copy."""
    fetched_as: str = ""
    """What `escalade data fetch` is given to get it."""

    @property
    def by_hand(self) -> str:
        """How to get it without us, in words."""
        return (
            f"{self.source}; get it by hand, then name it with the task's `{self.key}:`, or put it as"
            f" {self.places[0]} in the folder that the environment variable {VARIABLE} names"
        )


class DataFiles(Struct, frozen=True, kw_only=True):
    """Where data files are looked for, and whether those that are not there may be fetched."""

    folder: Path | None = None
    """The data folder; the one that ESCALADE_DATA names if not said."""
    cache: Path | None = None
    """Where downloads are kept; `cache_folder()` if not said."""
    fetch: bool = True

    async def obtain(self, file: Published, path: Path | None = None, *, verify: bool = True) -> Path:
        """The file's place on this machine, downloaded first where need be.

        `verify=False` lets a file of the user's own at `path` differ from the published one; a download is always
        verified. Raises DataError where there is no file, or one that is not what was promised.
        """
        local = self.own_copy(file, path)
        if local is not None:
            if verify:
                _check(local, file.sha256)
            return local
        kept = (self.cache or cache_folder()) / file.places[0]
        if not (kept.is_file() and sha256_of(kept) == file.sha256):
            if not self.fetch:
                raise _forbidden(file, kept)
            await _download(file, kept)
        return kept

    def own_copy(self, file: Published, path: Path | None) -> Path | None:
        """The user's own copy, unverified; None without one. Raises DataError where `path` names no file."""
        if path is not None:
            if not path.is_file():
                hint = f"`{file.key}` must name a copy of {file.name}: {file.source}"
                raise DataError(f"there is no file {path}", hint=hint)
            return path
        named = self.folder or os.environ.get(VARIABLE)
        places = [Path(named) / place for place in file.places] if named else []
        return next((place for place in places if place.is_file()), None)


USUAL = DataFiles()
"""As the environment says."""


def cache_folder() -> Path:
    """`escalade` in the user's cache folder (XDG_CACHE_HOME, else ~/.cache)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "escalade"


def sha256_of(path: Path) -> str:
    """64 hex digits. Raises DataError where the file cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error}") from error


def _check(path: Path, wanted: str) -> None:
    found = sha256_of(path)
    if found != wanted:
        raise DataError(
            f"{path} is not the published file: its sha256 is {found[:12]}..., not {wanted[:12]}...",
            hint="get the file again; or set `verify: false` to use a changed copy, which makes it another benchmark",
        )


async def _download(file: Published, kept: Path) -> None:
    """Puts the file at `kept`, whole and verified, or raises DataError and puts nothing there."""
    import aiohttp  # noqa: PLC0415  (not needed where a copy is here)

    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S), trust_env=True) as session,
            session.get(file.url, raise_for_status=True) as response,
        ):
            content = await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DataError(f"cannot download {file.name}: {error or type(error).__name__}", hint=file.by_hand) from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise DataError(
            f"the download of {file.name} is not the file that was promised: its sha256 is {found[:12]}...,"
            f" not {file.sha256[:12]}...",
            hint=file.by_hand,
        )
    _keep(content, kept)


def _keep(content: bytes, place: Path) -> None:
    """Written beside its place and moved there, so that no reader sees a part of it."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".part-", delete=False) as part:
            part.write(content)
        Path(part.name).replace(place)
    except OSError as error:
        raise DataError(f"cannot keep a download in {place.parent}: {error}", hint="set XDG_CACHE_HOME") from error


def _forbidden(file: Published, kept: Path) -> DataError:
    what = "is damaged" if kept.exists() else "is not here"
    return DataError(
        f"{file.name} {what}: {kept} is expected, and --offline forbids fetching it",
        hint=f"`escalade data fetch {file.fetched_as}` gets it; or name a folder that has {file.places[0]} with --data",
    )
