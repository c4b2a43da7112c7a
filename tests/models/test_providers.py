import pytest
from imitation import always, completion, imitation

from escalade.core.errors import ConfigError
from escalade.core.messages import Request, Sampling
from escalade.core.usage import Usage
from escalade.models.endpoint import Endpoint, Http
from escalade.models.providers import (
    GENERIC,
    PROVIDERS,
    Secret,
    auth_headers,
    chat_address,
    detect,
    plain_address,
)

KEY = "sk-very-secret-0123456789"
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://api.openai.com/v1", "openai"),
        ("https://mine.openai.azure.com", "azure"),
        ("https://mine.services.ai.azure.com/openai/v1", "azure"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://localhost:8000/v1", ""),
        ("https://openrouter.ai.evil.example/v1", ""),
    ],
)
def test_an_address_gives_its_server_away_or_it_does_not(url, provider):
    """Hosted services and Ollama are known by their address; anything else gets what all understand."""
    assert detect(url).provider == provider


def test_old_azure_versions_are_sent_only_what_they_know():
    """Before September 2024 Azure knew neither `max_completion_tokens` nor JSON schemas."""
    old, new = (detect("https://x.openai.azure.com", version) for version in ("2024-02-01", "2024-10-21"))
    assert (old.max_tokens_field, old.structured_output) == ("max_tokens", False)
    assert (new.max_tokens_field, new.structured_output) == ("max_completion_tokens", True)


def test_azures_address_holds_deployment_and_version():
    """The dated API names the deployment in the path; the v1 API does not."""
    azure = PROVIDERS["azure"]
    wanted = "https://x.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21"
    for url in ("https://x.openai.azure.com/", "https://x.openai.azure.com/openai"):
        assert chat_address(url, azure, "my gpt", "2024-10-21") == wanted
    v1 = "https://x.openai.azure.com/openai/v1"
    assert chat_address(v1, detect(v1), "gpt") == f"{v1}/chat/completions"


def test_addresses_may_end_anywhere():
    """A slash at the end or the whole path change nothing."""
    for url in ("http://h/v1", "http://h/v1/", "http://h/v1/chat/completions"):
        assert chat_address(url, GENERIC, "m") == "http://h/v1/chat/completions"


@pytest.mark.parametrize("url", ["", "openrouter.ai/api/v1", "ftp://host/v1", "http://"])
def test_an_address_that_is_none_is_refused(url):
    """The error says how to write it."""
    with pytest.raises(ConfigError) as caught:
        chat_address(url, GENERIC, "m")
    assert "http" in caught.value.hint


def test_azure_without_a_version_is_refused():
    """The remedy is named."""
    with pytest.raises(ConfigError) as caught:
        chat_address("https://x.openai.azure.com", PROVIDERS["azure"], "m")
    assert "api_version" in caught.value.hint


def test_a_secret_does_not_show_itself():
    """Neither repr, str, format nor a container gives the key away."""
    secret = Secret(KEY + "\n")
    shown = [repr(secret), str(secret), f"{secret}", f"{[secret]}"]
    assert not any(KEY in text for text in shown)
    assert secret.reveal() == KEY
    assert secret.hide_in(f"bad key {KEY}!") == "bad key ***!"
    assert not Secret()
    assert Secret().hide_in("text") == "text"


def test_a_broken_key_is_refused_without_being_shown():
    """A key with a line break in it would break the header."""
    with pytest.raises(ConfigError) as caught:
        Secret("sk-a\nsk-b")
    assert "sk-" not in str(caught.value)


def test_keys_go_into_the_header_that_the_server_reads():
    """Azure takes `api-key`, the others a bearer token; without a key nothing is sent."""
    assert auth_headers(Secret(KEY), PROVIDERS["azure"]) == {"api-key": KEY}
    assert auth_headers(Secret(KEY), GENERIC) == {"Authorization": f"Bearer {KEY}"}
    assert auth_headers(Secret(), GENERIC) == {}


def test_a_plain_address_holds_no_secret():
    """User, password and query are left out."""
    assert plain_address("https://me:pw@host:1/v1?key=abc#x") == "https://host:1/v1"


async def exchanged(provider: str, answer: dict, *, api_version: str = "", headers: dict[str, str] | None = None):
    """What the imitation of `provider` was sent, and what its `answer` was read as."""
    sampling = Sampling(temperature=0.5, max_tokens=8192, seed=3)
    request = Request(Request.of("q").messages, sampling=sampling, response_schema=SCHEMA)
    async with imitation(always(answer, headers=headers)) as server, Http() as http:
        endpoint = Endpoint(
            server.url if api_version else f"{server.url}/v1",
            "some/model",
            http=http,
            key=Secret(KEY),
            quirks=PROVIDERS[provider],
            api_version=api_version,
        )
        received = await endpoint.send(endpoint.encode(request), request)
        return server.asked[0], received


async def test_openrouter_as_documented():
    """Its cost, its upstream provider and its generation id are read; nothing is asked for them."""
    usage = {"prompt_tokens": 10, "completion_tokens": 4, "cost": 0.00014, "is_byok": False}
    answer = completion("hi", usage, provider="DeepInfra", id="gen-1", model="some/model-0925")
    asked, received = await exchanged("openrouter", answer)
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.body["max_tokens"] == 8192
    assert asked.body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert str(received.reported_usd) == "0.00014"
    assert (received.provider, received.request_id, received.model) == ("DeepInfra", "gen-1", "some/model-0925")


async def test_openrouter_with_the_users_own_key():
    """The router's fee and the upstream's cost make the price."""
    usage = {"cost": 0.0005, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.01}}
    _, received = await exchanged("openrouter", completion("hi", usage))
    assert str(received.reported_usd) == "0.0105"


async def test_openai_as_documented():
    """`max_completion_tokens`, `x-request-id` and the detailed usage."""
    usage = {
        "prompt_tokens": 20,
        "completion_tokens": 30,
        "total_tokens": 50,
        "prompt_tokens_details": {"cached_tokens": 5, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 12, "accepted_prediction_tokens": 0},
    }
    asked, received = await exchanged("openai", completion("hi", usage), headers={"x-request-id": "req_9"})
    assert asked.body["max_completion_tokens"] == 8192
    assert "max_tokens" not in asked.body
    assert received.usage == Usage(20, 30, cached=5, reasoning=12)
    assert (received.request_id, received.provider, received.reported_usd) == ("req_9", "openai", None)


async def test_azure_as_documented():
    """Deployment and version in the address, the key in `api-key`, filters in the answer ignored."""
    answer = completion("hi", prompt_filter_results=[{"prompt_index": 0}])
    asked, received = await exchanged("azure", answer, api_version="2024-10-21")
    assert asked.path == "/openai/deployments/some%2Fmodel/chat/completions?api-version=2024-10-21"
    assert asked.headers["api-key"] == KEY
    assert "Authorization" not in asked.headers
    assert received.text == "hi"


@pytest.mark.parametrize("provider", ["ollama", "vllm", "llama.cpp"])
async def test_local_servers_as_documented(provider):
    """They take a schema and `max_tokens`, and report tokens but no price."""
    asked, received = await exchanged(provider, completion("hi", timings={"predicted_n": 5}, system_fingerprint="fp"))
    assert asked.body["response_format"]["type"] == "json_schema"
    assert (asked.body["max_tokens"], asked.body["temperature"], asked.body["seed"]) == (8192, 0.5, 3)
    assert (received.usage, received.reported_usd) == (Usage(10, 5), None)


@pytest.mark.parametrize(("said", "read"), [("0.000123", "0.000123"), ("None", "None"), ("-1", "None")])
async def test_litellm_tells_its_price_in_a_header(said, read):
    """The header is read exactly, and not at all where it holds no price; no schema is sent unasked."""
    asked, received = await exchanged("litellm", completion("hi"), headers={"x-litellm-response-cost": said})
    assert "response_format" not in asked.body
    assert str(received.reported_usd) == read
