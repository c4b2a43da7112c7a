"""The endpoints that a config can describe: OpenAI-compatible servers, each of which becomes one Server.

Which models run there is not said here: a model names its endpoint. A provider that is not known is refused, not
guessed at.
"""

from typing import TYPE_CHECKING

from pydantic import Field, SecretStr, model_validator

from escalade.config.problems import Spec
from escalade.models.providers import PROVIDERS
from escalade.models.server import Server

if TYPE_CHECKING:
    from escalade.config.build import Builder


class EndpointSpec(Spec):
    """An OpenAI-compatible server."""

    url: str = Field(description="up to and with /v1; for Azure up to the host")
    key: SecretStr | None = Field(None, description="the key, as ${VARIABLE}")
    provider: str | None = Field(None, description=f"one of {', '.join(PROVIDERS)}; detected from the url")
    api_version: str = Field("", description="Azure's api-version")
    timeout_s: float = Field(600.0, gt=0, description="seconds until an attempt is given up")
    concurrency: int = Field(64, ge=1, description="calls in flight at most; fewer after a 429")
    attempts: int = Field(5, ge=1, description="attempts at a call, the first included")
    stream: bool = Field(default=False, description="ask for streamed responses")

    @model_validator(mode="after")
    def _known_provider(self) -> "EndpointSpec":
        if self.provider is not None and self.provider not in PROVIDERS:
            raise ValueError(f"there is no provider {self.provider!r}; there are {', '.join(PROVIDERS)}")
        return self

    def server(self, builder: "Builder") -> Server:
        return Server(
            self.url,
            key=self.key.get_secret_value() if self.key else "",
            quirks=PROVIDERS[self.provider] if self.provider else None,
            api_version=self.api_version,
            timeout_s=self.timeout_s,
            concurrency=self.concurrency,
            attempts=self.attempts,
            stream=self.stream,
            journal=builder.journal,
            http=builder.http,
        )
