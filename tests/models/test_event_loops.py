"""Server, Journal and Http in successive event loops, and in several threads at once."""

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiohttp import web
from imitation import completion, imitation
from told import QUESTION, Backend, Held, answered, leaf_of, root

from escalade import ConfigError, Journal, Server, Store, answer
from escalade.core.errors import RateLimited
from escalade.models.protocol import ask


@pytest.fixture
def elsewhere():
    """`elsewhere(handler)`: the address of a server that runs in a thread and loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    served = []

    def serve(handler):
        context = imitation(handler)
        served.append(context)
        return asyncio.run_coroutine_threadsafe(context.__aenter__(), loop).result().url

    yield serve
    for context in served:
        asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def works(_request, _body):
    return web.json_response(completion())


def test_one_server_serves_one_loop_after_the_other(elsewhere):
    """A pause that a 429 asked for in the first is waited for in the second, and no connection is left open."""
    refusals = [{"Retry-After-Ms": "200"}]

    async def busy_at_first(_request, _body):
        return web.Response(status=429, headers=refusals.pop()) if refusals else web.json_response(completion())

    server = Server(elsewhere(busy_at_first), attempts=1)
    with pytest.raises(RateLimited):
        asyncio.run(answer(server.model("m"), "first"))
    for question in ("second", "third"):
        assert asyncio.run(asyncio.wait_for(answer(server.model("m"), question), 10)).text == "42"
    assert not server._http._sessions
    gc.collect()  # what is not closed would be told now, and warnings are errors


def test_a_server_is_refused_to_a_second_thread(elsewhere):
    """Whoever comes while another loop is open is told what to do; nobody waits for ever."""
    url = elsewhere(works)
    shared = Server(url, concurrency=2)
    together = threading.Barrier(3)

    def asked(server: Server) -> str:
        async def several() -> list[str]:
            try:
                async with server:
                    tasks = [asyncio.create_task(answer(server.model("m"), str(n))) for n in range(8)]
                    return [(await task).text for task in tasks]
            finally:
                together.wait(10)

        try:
            return " ".join(asyncio.run(several()))
        except ConfigError as error:
            return str(error)

    with ThreadPoolExecutor(3) as threads:
        said = sorted(threads.map(asked, [shared] * 3))
    assert said[0] == " ".join(["42"] * 8)
    assert all("give each thread a Server of its own" in refused for refused in said[1:])
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(asked, [Server(url) for _ in range(3)])) == [said[0]] * 3


def test_threads_with_a_journal_each_share_a_store(elsewhere, tmp_path):
    """A Server and a Journal per thread over one Store: every question is answered, and kept."""
    url = elsewhere(works)

    def asked(store: Store) -> list[str]:
        async def several() -> list[str]:
            async with Server(url, journal=Journal(store)) as server:
                model = server.model("m")
                return [found.reply.call for found in await asyncio.gather(*[answer(model, str(n)) for n in range(20)])]

        return asyncio.run(several())

    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        with ThreadPoolExecutor(3) as threads:
            first, *others = threads.map(asked, [store] * 3)
        assert all(calls == first for calls in others)
        assert len(store.texts(first)) == 20


def test_a_journal_goes_on_in_the_next_loop(tmp_path):
    """What one loop paid for answers in the next; what it left unfinished at its end is asked anew."""
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        held = Held()
        backend = Backend(held, answered())
        leaf = leaf_of(backend, Journal(store))

        async def begun() -> list[asyncio.Task[object]]:
            tasks = [asyncio.create_task(ask(leaf, QUESTION, root())) for _ in range(2)]
            await held.arrived.wait()
            for task in tasks:
                task._log_destroy_pending = False  # that they are cut is the point here
            return tasks

        loop = asyncio.new_event_loop()
        left = loop.run_until_complete(begun())
        loop.close()
        assert asyncio.run(asyncio.wait_for(ask(leaf, QUESTION, root()), 10)).text == "42"
        del left
        gc.collect()
        again = root()
        assert asyncio.run(ask(leaf, QUESTION, again)).text == "42"
        assert [call.hit for call in again.ledger.calls] == [True]
        assert len(backend.sent) == 2


async def test_a_journal_is_refused_to_a_second_loop(tmp_path):
    """Two who wait for one call must be in one loop."""
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        held = Held()
        leaf = leaf_of(Backend(held), Journal(store))
        task = asyncio.create_task(ask(leaf, QUESTION, root()))
        await held.arrived.wait()
        outcome = await asyncio.to_thread(asyncio.run, ask(leaf, QUESTION, root()))
        assert "each thread a Journal of its own" in str(outcome.error)
        held.go.set()
        assert (await task).text == "42"


async def test_closing_ends_the_connections_of_this_loop_alone(elsewhere):
    """And using the server again opens new ones."""
    url = elsewhere(works)
    async with Server(url) as server:
        for _ in range(2):
            assert (await answer(server.model("m"), "a")).text == "42"
            assert len(server._http._sessions) == 1
            await server.close()
            await server.close()
            assert not server._http._sessions
