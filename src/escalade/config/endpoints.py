"""The endpoints that a config can describe: OpenAI-compatible servers, each of which becomes one Server.

Which models run there is not said here: a model names its endpoint. A provider that is not known is refused, not
guessed at.
"""

from typing import TYPE_CHECKING

from pydantic import Field, SecretStr, field_validator, model_validator

from escalade.config.problems import Spec, naming
from escalade.core.errors import ConfigError
from escalade.models.providers import PROVIDERS, Secret, address_parts
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
    concurrency: int = Field(64, ge=1, le=100_000, description="calls in flight at most; fewer after a 429")
    attempts: int = Field(5, ge=1, description="attempts at a call, the first included")
    stream: bool = Field(default=False, description="ask for streamed responses")

    @field_validator("url")
    @classmethod
    def _possible(cls, url: str) -> str:
        try:
            address_parts(url)
        except ConfigError as error:
            raise ValueError(f"{error}; {error.hint}") from None
        return url

    @model_validator(mode="after")
    def _known_provider(self) -> "EndpointSpec":
        if self.provider is not None and self.provider not in PROVIDERS:
            raise ValueError(f"there is no provider {self.provider!r}; there are {', '.join(PROVIDERS)}")
        return self

    def server(self, builder: "Builder", name: str) -> Server:
        """The server, called `name`. Raises ConfigError where it may be asked and its key is not set, or is none."""
        said = self.key.get_secret_value() if self.key is not None and builder.asks else ""
        with naming(f"endpoints.{name}.key"):
            key = Secret(said)
        return Server(
            self.url,
            key=key,
            quirks=PROVIDERS[self.provider] if self.provider else None,
            api_version=self.api_version,
            timeout_s=self.timeout_s,
            concurrency=self.concurrency,
            attempts=self.attempts,
            stream=self.stream,
            journal=builder.journal,
            http=builder.http,
        )
