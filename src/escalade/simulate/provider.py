"""A simulated provider without its network: takes a request's bytes, gives an answer to send, keeps the bill."""

import time
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from escalade.core.errors import EscaladeError, UnknownModel
from escalade.core.messages import Request
from escalade.core.usage import Usage
from escalade.models.wire import decode_request, encode_error, status_of
from escalade.simulate.bill import Bill, BillEntry
from escalade.simulate.completion import Charge, bodies
from escalade.simulate.faults import STATUS, Fault, Faults
from escalade.simulate.mind import Mind
from escalade.simulate.skill import SimulatedModel
from escalade.simulate.world import World


class Service(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a simulated provider behaves."""

    faults: Faults = Faults()
    seed: int = 0
    """Of the faults."""
    latency_s: float = 0.0
    """Seconds before every answer, the same for all."""
    real_time: bool = False
    """Take each model's own latency too."""
    report_cost: bool = False
    """Tell the cost of every answer in `usage.cost`."""
    own_key: bool = False
    """Tell costs as for calls with the client's own upstream key: `usage.cost` holds the fee (5 %) alone."""
    fresh_repeats: bool = False
    """Answer a repeated request anew, as real servers do above temperature 0; else repeats get the same text."""
    bill: Path | None = None
    """Also keep the bill in this file of JSON lines."""


class Answer(Struct, frozen=True, kw_only=True):
    """What is to be sent."""

    request_id: str
    pieces: list[bytes]
    """The body, in the pieces in which a stream is written."""
    status: int = 200
    headers: dict[str, str] = {}
    fault: Fault | None = None
    stream: bool = False
    after_s: float = 0.0
    """Seconds to wait before sending."""


class Provider:
    """Some simulated models behind one address."""

    def __init__(self, world: World, models: Iterable[SimulatedModel], service: Service, bill: Bill) -> None:
        """Raises ConfigError for a model whose target accuracy cannot be reached."""
        self.service = service
        self.bill = bill
        self._minds = {model.name: Mind(world, model) for model in models}
        self._repeats: Counter[bytes] = Counter()

    def models(self) -> list[str]:
        return list(self._minds)

    def respond(self, body: bytes) -> Answer:
        """The answer to a request for a chat completion. What it generates is on the bill before it is sent."""
        number = self.bill.number()
        request_id = f"sim-{number:08}"
        model = ""
        try:
            model, asked, stream = decode_request(body)
            mind = self._mind(model)
        except EscaladeError as error:
            self._book(request_id, model, str(status_of(error)))
            return Answer(request_id=request_id, pieces=[encode_error(error)], status=status_of(error))
        fault = self.service.faults.of(self.service.seed, number)
        if fault in STATUS:
            self._book(request_id, model, fault)
            return self._refusal(request_id, fault)
        return self._generated(request_id, mind, self._repeated(asked, body), fault, stream=stream)

    def _generated(self, request_id: str, mind: Mind, asked: Request, fault: Fault | None, *, stream: bool) -> Answer:
        service = self.service
        received = msgspec.structs.replace(mind.answer(asked), request_id=request_id)
        usage = received.usage or Usage()
        charge = Charge.of(mind.cost(usage), own_key=service.own_key, told=service.report_cost)
        self._book(request_id, mind.model.name, fault or "ok", usage, charge)
        return Answer(
            request_id=request_id,
            pieces=bodies(received, mind.model.name, charge, fault, stream=stream),
            fault=fault,
            stream=stream,
            after_s=service.latency_s + (mind.latency_s(asked) if service.real_time else 0.0),
        )

    def _mind(self, model: str) -> Mind:
        if model not in self._minds:
            raise UnknownModel(f"no simulated model is named {model!r}", hint=f"there are: {', '.join(self._minds)}")
        return self._minds[model]

    def _repeated(self, asked: Request, body: bytes) -> Request:
        """The request as the n-th sample of itself, where repeats are to be answered anew."""
        if not self.service.fresh_repeats:
            return asked
        key = blake2b(body, digest_size=16).digest()
        self._repeats[key] += 1
        return msgspec.structs.replace(asked, sample=self._repeats[key] - 1)

    def _book(
        self, request_id: str, model: str, status: str, usage: Usage | None = None, charge: Charge | None = None
    ) -> None:
        entry = BillEntry(
            request_id=request_id,
            model=model,
            status=status,
            usage=usage,
            usd=charge.usd if charge else Decimal(0),
            upstream_usd=charge.upstream_usd if charge else None,
            at=time.time(),
        )
        self.bill.write(entry)

    def _refusal(self, request_id: str, fault: Fault) -> Answer:
        status = STATUS[fault]
        told = {"error": {"message": f"simulated fault: {status}", "type": "simulated", "code": status}}
        headers = {"Retry-After": f"{self.service.faults.retry_after_s:g}"} if fault == "429" else {}
        return Answer(request_id=request_id, pieces=[msgspec.json.encode(told)], status=status, headers=headers)
