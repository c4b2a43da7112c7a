"""A real PostgreSQL server of the machine's own binaries, in a folder that is gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=40")


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
    """Raises NoServerError."""
    binaries = _binaries()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Server(binaries, port, user)
    folder = Path(tempfile.mkdtemp(prefix="escalade-pg-"))
    try:
        _prepare(server, folder)
        options = " ".join(f"-c {setting}" for setting in SETTINGS)
        options += f" -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
        _run(server, "pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-o", options, "-w", "-t", "30", "start")
        try:
            yield server
        finally:
            _run(server, "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
    _run(
        server,
        *("initdb", "-D", f"{folder}/data", "-U", server.user, "-A", "scram-sha-256", "--no-sync"),
        *(f"--pwfile={folder}/password", "--locale=C.UTF-8", "-E", "UTF8"),
    )


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


def _run(server: Server, program: str, *arguments: str) -> None:
    owner = _owner()
    who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(
        [server.binaries / program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # the server inherits it and would hold a pipe open
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        timeout=60,
        check=False,
        **who,
    )
    if done.returncode:
        raise NoServerError(f"PostgreSQL's {program} failed")
