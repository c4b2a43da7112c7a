"""Endpoint: one model at one OpenAI-compatible HTTP server.

One `send` is one attempt. There is no retry, no limit, no price and no log here, and no key in any message. A response
is read up to a bound, whatever it is packed in.
"""

import base64
import io
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlunsplit

import msgspec

from escalade.core.errors import BadResponse, CallError, ConnectionFailed, CutOff, TimedOut, TooManyFiles
from escalade.core.messages import Request
from escalade.models.backend import Received
from escalade.models.http import Http
from escalade.models.providers import Quirks, Secret, address_parts, auth_headers, chat_address, detect, plain_address
from escalade.models.wire import decode_reply, decode_stream, encode_request, error_of, is_stream
from escalade.models.wire.usage import credible

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientTimeout

_CONNECT_S = 30.0
_LARGE = 1 << 20
"""Bodies from this size on are handed to aiohttp as a file, so that writing one does not hold up the event loop."""
_LONGEST = 64 << 20
"""Bytes of a response, unpacked: hundreds of times the longest answer of any model."""
_LONGEST_ERROR = 64 << 10


class Endpoint:
    """A Backend for `model_id` at `url`, the server's address up to and with `/v1` (for Azure, up to the host)."""

    by_item = False
    simulated = False

    def __init__(
        self,
        url: str,
        model_id: str,
        *,
        http: Http,
        key: Secret | None = None,
        quirks: Quirks | None = None,
        api_version: str = "",
        timeout_s: float = 600.0,
        stream: bool = False,
    ) -> None:
        """`quirks` are detected from `url` where they are not given; `api_version` is Azure's.

        Raises ConfigError for an address or a key that cannot be used.
        """
        self.model_id = model_id
        self.quirks = quirks or detect(url, api_version)
        self.stream = stream
        self.timeout_s = timeout_s
        plain, user = _without_user(url)
        self._address = chat_address(plain, self.quirks, model_id, api_version)
        self.identity = plain_address(self._address) + (f"?api-version={api_version}" if api_version else "")
        key = key or Secret()
        self._headers = _headers(key, user, self.quirks)
        self._hidden = _hidden(key, user)
        self._http = http
        self._timeout: ClientTimeout | None = None

    def __repr__(self) -> str:
        return f"Endpoint({self.identity!r}, {self.model_id!r})"

    def encode(self, request: Request) -> bytes:
        return encode_request(request, self.model_id, self.quirks, stream=self.stream)

    async def send(self, body: bytes, request: Request) -> Received:  # noqa: ARG002  (the body says it all)
        """One POST of `body`, read to its end. Raises a CallError."""
        import aiohttp  # noqa: PLC0415  (heavy: only where HTTP is spoken)

        if self._timeout is None:
            self._timeout = aiohttp.ClientTimeout(total=self.timeout_s, sock_connect=_CONNECT_S)
        try:
            response = await self._http.session().post(
                self._address,
                data=body if len(body) < _LARGE else io.BytesIO(body),
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            )
            return self._read(response.status, response.headers, await _whole(response))
        except CallError as error:
            error.args = (self._without_secrets(str(error)),)
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            # The original is not chained: it holds the request's headers, and the key with them.
            raise self._failure(problem) from None

    def _read(self, status: int, headers: Mapping[str, str], data: bytes) -> Received:
        if not 200 <= status < 300:
            raise error_of(status, headers, data)
        is_streamed = is_stream(headers.get("content-type", ""), data)
        received = decode_stream(data) if is_streamed else decode_reply(data)
        # A header may hold bytes that are no text, and what is stored is text.
        request_id = headers.get("x-request-id", "").encode(errors="replace").decode() or received.request_id
        provider = received.provider or self.quirks.provider
        usd = received.reported_usd
        if usd is None and self.quirks.cost_header:
            usd = _amount(headers.get(self.quirks.cost_header, ""))
        return msgspec.structs.replace(received, request_id=request_id, provider=provider, reported_usd=usd)

    def _without_secrets(self, text: str) -> str:
        for secret in self._hidden:
            text = secret.hide_in(text)
        return text

    def _failure(self, problem: Exception) -> CallError:
        import aiohttp  # noqa: PLC0415  (heavy: only where HTTP is spoken)

        said = f"{self.identity}: {type(problem).__name__}"
        if isinstance(problem, OSError) and problem.errno in TooManyFiles.errnos:
            return TooManyFiles(f"no connection to {self.identity}: too many open files")
        if isinstance(problem, aiohttp.ClientSSLError):
            return ConnectionFailed(f"no connection to {said}", hint="check the server's certificate")
        if isinstance(problem, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
            return ConnectionFailed(f"no connection to {said}")
        if isinstance(problem, TimeoutError):
            return TimedOut(f"no whole answer within {self.timeout_s:g} s from {self.identity}")
        if isinstance(problem, aiohttp.ClientResponseError):
            return BadResponse(f"no valid HTTP from {said}")
        return CutOff(f"the connection broke before the answer was whole: {said}")


def _without_user(url: str) -> tuple[str, Secret]:
    """The address without `user:password@`, and that part."""
    parts = address_parts(url)
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=host)) if at else url, Secret(unquote(user))


async def _whole(response: "ClientResponse") -> bytes:
    """The body, unpacked. Raises BadResponse for one that is longer than any answer; an error's is cut there."""
    is_error = response.status >= 300
    most = _LONGEST_ERROR if is_error else _LONGEST
    if (response.content_length or most) < most and "content-encoding" not in response.headers:
        # A response that was read gives its connection back, and closes it where reading fails.
        return await response.read()
    whole = bytearray()
    async with response:
        async for part in response.content.iter_any():
            whole += part
            if len(whole) > most:
                response.close()
                break
    if len(whole) > most and not is_error:
        raise BadResponse(f"the answer is longer than {most >> 20} MB")
    return bytes(whole[:most])


def _hidden(key: Secret, user: Secret) -> list[Secret]:
    """What no message may show: the key, user and password as they are written and as they are sent."""
    sent = base64.b64encode(user.reveal().encode()).decode() if user else ""
    return [secret for secret in (key, user, Secret(sent), Secret(user.reveal().partition(":")[2])) if secret]


def _headers(key: Secret, user: Secret, quirks: Quirks) -> dict[str, str]:
    headers = auth_headers(key, quirks)
    if user and not key:
        headers["Authorization"] = f"Basic {base64.b64encode(user.reveal().encode()).decode()}"
    return headers


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if credible(amount) else None
