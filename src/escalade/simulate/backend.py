"""SimulatedBackend: a simulated model in process, behind the same protocol as any endpoint."""

import asyncio

from escalade.core.ids import canonical, fingerprint
from escalade.core.messages import Request
from escalade.models.backend import Received
from escalade.prices import Price
from escalade.simulate.mind import Mind
from escalade.simulate.skill import SimulatedModel
from escalade.simulate.world import World


class SimulatedBackend:
    """Answers at once, or after the model's latency where `real_time` is set. Never fails."""

    by_item = True
    simulated = True

    def __init__(self, world: World, model: SimulatedModel, *, real_time: bool = False) -> None:
        """Raises ConfigError for a target accuracy that cannot be reached."""
        self.mind = Mind(world, model)
        self._real_time = real_time
        self._identity = f"simulated:{model.name}:{world.fingerprint}:{fingerprint(model)}"

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def model_id(self) -> str:
        return self.mind.model.name

    @property
    def price(self) -> Price:
        """What the simulated provider charges."""
        return Price(input=self.mind.model.input_price, output=self.mind.model.output_price)

    def encode(self, request: Request) -> bytes:
        return canonical((request.messages, request.sampling, request.tools, request.response_schema))

    async def send(self, body: bytes, request: Request) -> Received:
        """The reply to `request`; `body` says nothing that it does not."""
        del body
        if self._real_time:
            await asyncio.sleep(self.mind.latency_s(request))
        return self.mind.answer(request)
