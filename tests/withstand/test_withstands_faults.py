"""A provider that fails three times in ten: every question ends, and every cent is known or said to be unknown."""

import asyncio
from collections import Counter
from decimal import Decimal

import pytest
from ladder import MODELS

from escalade.core.messages import Sampling
from escalade.experiment import Experiment, Runner
from escalade.gates import Judge
from escalade.models.endpoint import Endpoint, Http
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.retry import Retry
from escalade.prices import Price
from escalade.simulate.faults import Faults
from escalade.simulate.provider import Provider
from escalade.simulate.server import Service, serving
from escalade.store import Store
from escalade.strategies import Cascade, Vote
from escalade.tasks import Demo

QUICK = Retry(attempts=2, first_s=0.001)
FAULTS = Faults.in_equal_parts(0.3, retry_after_s=0.01, stall_s=3600.0)
ERRORS = {
    "429": "rate_limited",
    "429_silent": "rate_limited",
    "500": "server",
    "503": "server",
    "stalled": "timeout",
    "cut": "cut_off",
    "invalid_json": "bad_response",
    "empty_choices": "bad_response",
}
"""What each fault is called in our books; "missing_usage" is no error, but an answer of unknown price."""
SERVICES = {
    "reported costs": Service(faults=FAULTS, report_cost=True, seed=1),
    "configured prices": Service(faults=FAULTS, seed=2),
    "own upstream key": Service(faults=FAULTS, own_key=True, report_cost=True, seed=3),
}


class _Impatient(Http):
    """Its requests time out when the provider stalls, and not before: a busy machine cuts no honest answer.

    No two requests of one body may be under way at a time.
    """

    def __init__(self, monkeypatch):
        super().__init__()
        self._limits: dict[bytes, asyncio.Timeout] = {}
        genuine = Provider.respond

        def respond(provider, body):
            answer = genuine(provider, body)
            if answer.fault == "stalled":
                self._limits[body].reschedule(0)
            return answer

        monkeypatch.setattr(Provider, "respond", respond)

    def session(self):
        return self

    async def post(self, address, *, data, **more):
        assert data not in self._limits
        try:
            async with asyncio.timeout(None) as self._limits[data]:
                return await super().session().post(address, data=data, **more)
        finally:
            del self._limits[data]


class _Books:
    """Both sides' books after a run."""

    def __init__(self, outcome, records, bill) -> None:
        self.outcome = outcome
        self.records = records
        self.bill = bill
        self.calls = [call for record in records for call in record.calls if not call.hit]


def _systems(url, http, journal, *, priced=True):
    def leaf(name, model, retry=QUICK, sampling=None):
        price = Price(input=model.input_price, output=model.output_price) if priced else None
        backend = Endpoint(url, name, http=http, timeout_s=3600.0)
        return Leaf(name, backend, price=price, journal=journal, retry=retry, sampling=sampling)

    leaves = {name: leaf(name, model) for name, model in MODELS.items()}
    rungs = [leaves["small"], leaves["medium"], leaves["large"]]
    # Asked in its own way, so that it shares no call, and once only: some of its questions fail for certain.
    once = leaf("large", MODELS["large"], Retry(attempts=1), Sampling(temperature=0.5))
    return {"panel": Vote(rungs), "climb": Cascade(rungs, Judge(leaves["judge"], 0.8)), "large": once}


async def _run(world, known, service, store_url, monkeypatch, *, items=30):
    async with serving(world, known, service) as served, _Impatient(monkeypatch) as http:
        with Store.open(store_url) as store:
            systems = _systems(served.url, http, Journal(store), priced=not service.report_cost)
            outcome = await Runner(
                Experiment(name="faults", task=Demo(items), systems=systems, concurrency=90), store
            ).run()
            return _Books(outcome, list(store.records(outcome.run.id)), list(served.bill.entries))


@pytest.fixture(params=list(SERVICES))
async def books(request, world, known, tmp_path, monkeypatch):
    return await _run(world, known, SERVICES[request.param], f"sqlite:///{tmp_path / 'faults.sqlite'}", monkeypatch)


async def test_accounts_agree_with_the_provider_after_faults(books):
    """Every question ends; each answer costs what the provider's bill says, and what it never told is unknown."""
    _every_question_ends(books)
    _told_costs_are_the_bill_to_the_cent(books)
    _untold_costs_are_unknown_and_no_others(books)


def _every_question_ends(books):
    """As an answer or as a recorded failure; there are some of each."""
    assert books.outcome.ended == "finished"
    assert len(books.records) == books.outcome.trials == 90
    for record in books.records:
        assert record.status == "answered" if record.text or record.answer else record.error
    assert {record.status for record in books.records} == {"answered", "failed"}


def _told_costs_are_the_bill_to_the_cent(books):
    told = {entry.request_id: entry.usd for entry in books.bill if entry.status == "ok"}
    known = {call.request_id: call.cost.usd for call in books.calls if call.cost.usd}
    assert known == told
    assert sum(known.values(), Decimal(0)) == sum(told.values(), Decimal(0)) > 0
    assert len(known) == sum(1 for call in books.calls if call.cost.usd), "one call, one booking"


def _untold_costs_are_unknown_and_no_others(books):
    faults = Counter((e.model, ERRORS[e.status]) for e in books.bill if e.status in ERRORS)
    failed = Counter((call.asked, call.error) for call in books.calls if call.error)
    assert failed == faults
    assert {kind for _, kind in faults} == set(ERRORS.values()), "every kind of fault must have happened"
    free = {"rate_limited", "server"}
    for call in books.calls:
        if call.error:
            assert (call.status, call.cost.usd) == (("failed", 0) if call.error in free else ("unknown", None))
    silent = {entry.request_id for entry in books.bill if entry.status == "missing_usage"}
    assert silent
    assert {call.request_id for call in books.calls if not call.error and call.cost.usd is None} == silent
