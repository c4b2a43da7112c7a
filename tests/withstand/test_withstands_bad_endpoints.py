"""Endpoints that are not there or refuse us: a run stops and says why, and no key is ever printed or stored."""

from contextlib import contextmanager

import pytest
import stored
from aiohttp import web
from answering import answering
from ladder import config, written
from program import SECRET

STORE = "sqlite:///hard.sqlite"


@contextmanager
def _answering(status, message, headers=None):
    """A server that refuses everything; a `message` may quote the key that was sent."""
    asked = []

    async def refuse(request):
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        asked.append(sent)
        body = {"error": {"message": message.replace("KEY", sent), "code": status}}
        return web.json_response(body, status=status, headers=headers)

    with answering(refuse) as url:
        yield url, asked


def _stopped(ran, *words):
    """The run ended with exit code 1 and one line of reason."""
    assert ran.code == 1, ran.err
    assert "Traceback" not in ran.err
    assert ran.err.count("stopped:") == 1
    assert "0 of 60 trials are done and kept" in ran.err
    for word in words:
        assert word in ran.err


def _no_secret(ran, folder):
    assert SECRET not in ran.out
    assert SECRET not in ran.err
    assert SECRET.encode() not in stored.raw(folder)


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        (401, "Incorrect API key provided: KEY", ["401", "`key`"]),
        (403, "The key KEY may not do this", ["403", "`key`"]),
        (402, "Insufficient credits for KEY", ["402", "add credit"]),
        (404, "The model `small` does not exist", ["404", "`id`", "`url`"]),
    ],
)
def test_a_refusal_of_every_call_stops_the_run(program, tmp_path, status, message, words):
    """A wrong key, no credit, an unknown model: one message with the remedy, and no trial is wasted."""
    with _answering(status, message) as (url, asked):
        path = written(tmp_path, config(url, experiment={"concurrency": 4}))
        ran = program("run", path, "--store", STORE)
    _stopped(ran, *words)
    assert set(asked) == {SECRET}, "the key must have been sent, or this test proves nothing"
    assert len(asked) <= 4 * 3
    _no_secret(ran, tmp_path)


@pytest.mark.parametrize("status", [429, 503])
def test_a_quota_that_is_used_up_stops_the_run_and_decides_nothing(program, tmp_path, status):
    """What a provider will answer in an hour is no failure of any system: no trial is recorded as lost."""
    with _answering(status, "the quota of this hour is used up", {"Retry-After": "3600"}) as (url, asked):
        path = written(tmp_path, config(url, experiment={"concurrency": 32}, attempts=5))
        ran = program("run", path, "--store", STORE)
    _stopped(ran, str(status), "3,600 s", "run the same command again")
    assert len(asked) <= 32 * 3


def test_a_recorded_failure_does_not_hold_the_key(program, tmp_path):
    """A message that quotes the key is stored, printed and explained without it."""
    with _answering(400, "KEY sent a bad request") as (url, _):
        path = written(tmp_path, config(url, items=2, experiment={"systems": ["large"]}))
        ran = program("run", path, "--json", "--store", STORE)
    assert ran.code == 1
    assert "nothing was answered: each of 2 trials ended with: " in ran.err
    [large] = ran.json()["systems"]
    assert large["failures"] == {"refused": 2}
    _no_secret(ran, tmp_path)
    why = program("why", ran.json()["run"]["id"], "demo-0001", "--prompts", "--full", "--store", STORE)
    assert "sent a bad request" in why.out
    _no_secret(why, tmp_path)


def test_no_connection_stops_the_run_and_decides_nothing(program, serve, tmp_path):
    """A server that is down fails no question: when it is up, the same command does them all."""
    with serve() as served:
        path = written(tmp_path, config("http://127.0.0.1:9/v1", experiment={"concurrency": 4}))
        down = program("run", path, "--store", STORE)
        _stopped(down, "no connection to http://127.0.0.1:9/v1", "server is running")
        _no_secret(down, tmp_path)
        moved = written(tmp_path, config(served.url))
        up = program("run", moved, "--json", "--store", STORE)
    assert up.code == 0, up.err
    assert all(system["statuses"] == {"answered": 20} for system in up.json()["systems"])


def test_a_password_in_an_address_is_a_secret_too(program, tmp_path):
    """An endpoint's `user:password@` shows in no message and in no store."""
    values = config(f"http://ada:{SECRET}@127.0.0.1:9/v1", experiment={"concurrency": 4})
    ran = program("run", written(tmp_path, values), "--store", STORE)
    _stopped(ran, "no connection to http://127.0.0.1:9/v1")
    _no_secret(ran, tmp_path)


def test_offline_refuses_and_decides_nothing(program, serve, tmp_path):
    """With --offline only what the journal holds is answered; the rest is left for a run that may call."""
    with serve() as served:
        path = written(tmp_path, config(served.url))
        none = program("run", path, "--offline", "--store", STORE)
        _stopped(none, "not in the journal", "--offline")
        assert not served.bill.entries
        online = program("run", path, "--json", "--store", STORE)
        calls = len(served.bill.entries)
        offline = program("run", path, "--json", "--offline", "--seed", "7", "--store", STORE)
        assert len(served.bill.entries) == calls
    assert online.code == offline.code == 0
    whole, replayed = online.json(), offline.json()
    for one, other in zip(whole["systems"], replayed["systems"], strict=True):
        assert one["quality"]["mean"] == other["quality"]["mean"]
        assert one["cost"] == other["cost"]
        assert other["paid"]["usd"] == "0"
