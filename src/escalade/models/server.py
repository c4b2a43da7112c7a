"""Server: an OpenAI-compatible address and the models on it, for Python and for configs alike.

Its models share connections, key, limiter and journal. A model's price is the one given, else the catalogue's.
"""

from types import TracebackType
from typing import Self

from escalade.core.checked import number, whole
from escalade.core.messages import Sampling
from escalade.models.endpoint import Endpoint
from escalade.models.http import Http
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.limit import Limiter
from escalade.models.providers import Quirks, Secret, detect
from escalade.models.retry import Retry
from escalade.prices import Price, catalogue_price, provider_of


class Server:
    """A server to ask, from one event loop at a time. Use it as a context, so that its connections are closed."""

    def __init__(  # noqa: PLR0913  (each is a setting of one server, given by name)
        self,
        url: str,
        *,
        key: Secret | str = "",
        quirks: Quirks | None = None,
        api_version: str = "",
        timeout_s: float = 600.0,
        concurrency: int = 64,
        attempts: int = 5,
        stream: bool = False,
        journal: Journal | None = None,
        http: Http | None = None,
    ) -> None:
        """`url` goes up to and with `/v1`, for Azure (with its `api_version`) up to the host.

        `attempts` are all that a call may have, the first included. Raises ConfigError for a number out of range.
        """
        self.url = url
        self.quirks = quirks or detect(url, api_version)
        self._key = key if isinstance(key, Secret) else Secret(key)
        self._api_version = api_version
        self._timeout_s = number(timeout_s, "timeout_s", above=0)
        self._stream = stream
        self._journal = journal
        self._limiter = Limiter(most=whole(concurrency, "concurrency", 1))
        self._retry = Retry(attempts=whole(attempts, "attempts", 1))
        self._http = http or Http()

    def model(
        self,
        model_id: str,
        name: str = "",
        *,
        system: str | None = None,
        sampling: Sampling | None = None,
        price: Price | None = None,
    ) -> Leaf:
        """The model `model_id` (for Azure: the deployment), called `name` in structures and reports."""
        endpoint = Endpoint(
            self.url,
            model_id,
            http=self._http,
            key=self._key,
            quirks=self.quirks,
            api_version=self._api_version,
            timeout_s=self._timeout_s,
            stream=self._stream,
        )
        return Leaf(
            name or model_id,
            endpoint,
            price=price or self.list_price(model_id),
            system=system,
            sampling=sampling,
            journal=self._journal,
            limiter=self._limiter,
            retry=self._retry,
        )

    def list_price(self, model_id: str) -> Price | None:
        """The catalogue's price of a model here; None if it lists none."""
        provider = self.quirks.provider or provider_of(self.url)
        return catalogue_price(provider, model_id) if provider else None

    async def close(self) -> None:
        await self._http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
