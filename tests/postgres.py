"""A real PostgreSQL server of the machine's own binaries, in a folder that is gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from free_port import free_port

SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=40")


WAIT_S = "3600"
"""How long pg_ctl waits: a busy machine decides nothing, and a test's own limit ends it sooner."""


class NoServerError(Exception):
    """PostgreSQL cannot be had here, for this reason."""


@dataclass
class Server:
    """One that runs, on loopback, with one user, who may do everything."""

    binaries: Path
    port: int
    user: str
    password: str = "s3cret-of-the-store"
    databases: int = 0

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of a database with nothing in it."""
        import psycopg  # noqa: PLC0415  (an extra)

        self.databases += 1
        name = f"t{self.databases}"
        address = self.url().replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@contextmanager
def running_server(user: str = "escalade") -> Iterator[Server]:
    """Raises NoServerError where it cannot be had here; one that is there and does not start is no such case."""
    server = Server(_binaries(), free_port(), user)
    folder = Path(tempfile.mkdtemp(prefix="escalade-pg-", dir="/tmp"))  # where its owner gets in
    try:
        _prepare(server, folder)
        while not _started(server, folder):
            server.port = free_port()
        try:
            yield server
        finally:
            assert _run(server, "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "-t", WAIT_S, "stop") == 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(server: Server, folder: Path) -> bool:
    """False where its port was taken meanwhile."""
    options = " ".join(f"-c {setting}" for setting in SETTINGS)
    options += f" -c listen_addresses=127.0.0.1 -c port={server.port} -c unix_socket_directories={folder}"
    log = folder / "log"
    log.unlink(missing_ok=True)
    if _run(server, "pg_ctl", "-D", f"{folder}/data", "-l", f"{log}", "-o", options, "-w", "-t", WAIT_S, "start") == 0:
        return True
    said = log.read_text(errors="replace")
    assert "Address already in use" in said, said
    return False


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    raise NoServerError("PostgreSQL's server is not installed")


def _prepare(server: Server, folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "password").write_text(server.password)
    if owner := _owner():
        for path in (folder, folder / "password"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    failed = _run(
        server,
        *("initdb", "-D", f"{folder}/data", "-U", server.user, "-A", "scram-sha-256", "--no-sync"),
        *(f"--pwfile={folder}/password", "--locale=C.UTF-8", "-E", "UTF8"),
    )
    if failed:
        raise NoServerError("PostgreSQL's initdb failed")


def _owner() -> pwd.struct_passwd | None:
    """Who is to own the server where we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServerError("we are root, and there is no other user to run PostgreSQL as")


def _run(server: Server, program: str, *arguments: str) -> int:
    """Its exit code."""
    owner = _owner()
    who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    return subprocess.run(
        [server.binaries / program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # the server inherits it and would hold a pipe open
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        check=False,
        **who,
    ).returncode
