"""What the OpenAI-compatible servers do differently, as a small table; and the key that opens them.

Facts only: nothing here sends anything. The table follows the public documentation of each server. The hosted ones
(OpenRouter, OpenAI, Azure OpenAI) were not tried live: imitations of their documented behaviour are what is tested.
A server that is not in the table gets what all of them understand.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from msgspec import Struct
from msgspec.structs import replace

from escalade.core.errors import ConfigError

_AZURE_HOST = re.compile(r"\.(openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com)$")
_AZURE_MODERN = "2024-09-01"
"""From this api-version on Azure knows `max_completion_tokens` and JSON schemas."""


class Quirks(Struct, frozen=True):
    """How one kind of server differs. The defaults suit a server of which nothing is known."""

    provider: str = ""
    """What it is called, in the price catalogue too where that lists it; "" for a server of which nothing is known."""
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    structured_output: bool = False
    """Whether it takes `response_format` with a JSON schema. Where it is in doubt, the prompt alone asks for JSON."""
    stream_usage: bool = True
    """Whether a stream must be asked to end with its usage."""
    auth: Literal["bearer", "api-key"] = "bearer"
    deployments: bool = False
    """Whether the model id is a deployment in the address, as in Azure's dated API."""
    cost_header: str = ""
    """The response header that holds the price in USD, where there is one."""


GENERIC = Quirks()

PROVIDERS: Mapping[str, Quirks] = MappingProxyType(
    {
        "openrouter": Quirks("openrouter", structured_output=True, stream_usage=False),
        "openai": Quirks("openai", "max_completion_tokens", structured_output=True),
        "azure": Quirks("azure", "max_completion_tokens", structured_output=True, auth="api-key", deployments=True),
        "ollama": Quirks("ollama", structured_output=True),
        "vllm": Quirks("vllm", structured_output=True),
        "llama.cpp": Quirks("llama.cpp", structured_output=True),
        # LiteLLM refuses parameters that the model behind it does not take, so no schema is sent unasked.
        "litellm": Quirks("litellm", cost_header="x-litellm-response-cost"),
    }
)
"""By the name that a config gives in an endpoint's `provider`."""


class Secret:
    """A key that does not show itself: neither `repr` nor `str` nor an f-string gives it away."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        value = value.strip()
        if not value.isprintable():
            raise ConfigError("a key holds a line break or a control character", hint="check how the key was copied")
        self._value = value

    def __repr__(self) -> str:
        return "Secret(***)" if self._value else "Secret()"

    def __str__(self) -> str:
        return "***" if self._value else ""

    def __bool__(self) -> bool:
        return bool(self._value)

    def reveal(self) -> str:
        """The key itself, for the header that carries it and nothing else."""
        return self._value

    def hide_in(self, text: str) -> str:
        """`text` with the key, should it occur there, replaced."""
        return text.replace(self._value, "***") if self._value else text


def detect(url: str, api_version: str = "") -> Quirks:
    """The quirks of the server at `url`, as far as its address gives them away (it does not for vLLM, llama.cpp and
    LiteLLM). `api_version` is Azure's, "" elsewhere.
    """
    parts = address_parts(url)
    host = parts.hostname or ""
    if host == "openrouter.ai" or host.endswith(".openrouter.ai"):
        return PROVIDERS["openrouter"]
    if host == "api.openai.com":
        return PROVIDERS["openai"]
    if _AZURE_HOST.search(host) or api_version:
        return _azure(parts.path, api_version)
    return PROVIDERS["ollama"] if parts.port == 11434 else GENERIC


def _azure(path: str, api_version: str) -> Quirks:
    azure = PROVIDERS["azure"]
    if "/openai/v1" in path:
        return replace(azure, deployments=False)
    if api_version and api_version[:10] < _AZURE_MODERN:
        return replace(azure, max_tokens_field="max_tokens", structured_output=False)
    return azure


def address_parts(url: str) -> SplitResult:
    """The parts of a server's address. Raises ConfigError for one that cannot be one."""
    try:
        parts = urlsplit(url)
        possible = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        possible = possible and url.isprintable() and " " not in url
    except ValueError:  # its text may quote the address, and a password in it
        possible = False
    if not possible:
        raise ConfigError(
            "an endpoint's `url` is not an http address", hint="write it like https://openrouter.ai/api/v1"
        )
    if parts.query or parts.fragment:
        raise ConfigError(
            "an endpoint's `url` has a part after its path",
            hint="end it with /v1; keys go into `key`, Azure's version into `api_version`",
        )
    return parts


def chat_address(url: str, quirks: Quirks, model_id: str, api_version: str = "") -> str:
    """Where chat completions are posted to. Raises ConfigError for an address that cannot be one."""
    address_parts(url)
    base = url.rstrip("/")
    if quirks.deployments:
        if not api_version:
            raise ConfigError("Azure OpenAI needs an api-version", hint="set the endpoint's `api_version`")
        root = base.removesuffix("/openai")
        return f"{root}/openai/deployments/{quote(model_id, safe='')}/chat/completions?api-version={quote(api_version)}"
    return base if base.endswith("/chat/completions") else f"{base}/chat/completions"


def auth_headers(key: Secret, quirks: Quirks) -> dict[str, str]:
    """The header that carries `key`; none without a key."""
    if not key:
        return {}
    return {"api-key": key.reveal()} if quirks.auth == "api-key" else {"Authorization": f"Bearer {key.reveal()}"}


def plain_address(url: str) -> str:
    """Scheme, host and path of `url`: user and password are left out, and the query, which may hold a key."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
