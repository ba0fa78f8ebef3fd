"""HTTP as the platform speaks it: the token, problems as exceptions, pages, and retries where they are safe."""

from __future__ import annotations

import ipaddress
import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from .errors import (
    ConflictError,
    InvalidRequestError,
    Mistake,
    NotFoundError,
    PlatformUnreachableError,
    ProblemError,
    UnauthenticatedError,
)

JSON = "application/json"
YAML = "application/yaml"

PAGE = 200
"""Things a page, of those that a page may have."""

_CONNECT_S = 10.0
_RETRIES = 3
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 30.0
_TOO_MANY = 429
_AWAY = (502, 503, 504)
_PROBLEMS: dict[int, type[ProblemError]] = {
    400: InvalidRequestError,
    401: UnauthenticatedError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidRequestError,
}


class Bearer(httpx.Auth):
    """The token, which nothing prints."""

    def __init__(self, token: str) -> None:
        self.__token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.__token}"
        yield request

    def __repr__(self) -> str:
        return "Bearer(***)"

    def __reduce__(self) -> Any:
        raise TypeError("a token is not written down; connect anew")


class Http:
    """One platform's API."""

    def __init__(self, url: str, token: Bearer, timeout: float) -> None:
        self.url = url
        self._client = httpx.Client(
            base_url=url,
            auth=token,
            timeout=httpx.Timeout(timeout, connect=_CONNECT_S),
            headers={"User-Agent": "tribunal-client"},
            # What runs on this machine is not asked through a proxy.
            trust_env=not _is_loopback(url),
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **query: Any) -> Any:
        return self.send("GET", path, query=query).json()

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.send("POST", path, body=body, query=query).json()

    def pages(self, path: str, limit: int | None = None, *, cursor: str = "cursor", **query: Any) -> Iterator[Any]:
        """Everything of a list, page by page as it is asked for.

        :param limit: at most so many; None for all
        :param cursor: the query parameter that takes the next cursor
        """
        left = limit
        after: str | None = None
        while left is None or left > 0:
            count = PAGE if left is None else min(PAGE, left)
            page = self.get(path, **{**query, "limit": count, **({cursor: after} if after is not None else {})})
            yield from page["data"]
            left = None if left is None else left - len(page["data"])
            after = page.get("nextCursor")
            if after is None:
                return

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        text: tuple[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Asks, and asks again where that is safe: what cannot change anything, what changes nothing when it is
        repeated, what has an idempotency key, and whatever did not reach the platform or was refused with 429. A
        deletion that is repeated and finds nothing has been done by the attempt whose answer was lost: its 404 is
        returned.

        :param text: content and content type, in place of a body
        """
        headers = dict(headers or {})
        content: dict[str, Any] = {} if body is None else {"json": body}
        if text is not None:
            content = {"content": text[0].encode()}
            headers["Content-Type"] = text[1]
        request = self._client.build_request(method, path, params=_query(query or {}), headers=headers, **content)
        safe = method in ("GET", "PUT", "DELETE") or "Idempotency-Key" in headers
        return self._retried(request, safe)

    def _retried(self, request: httpx.Request, safe: bool) -> httpx.Response:
        perhaps_done = False
        for retry in range(_RETRIES + 1):
            last = retry == _RETRIES
            pause = _FIRST_PAUSE_S * 2**retry * random.uniform(0.8, 1.2)
            try:
                response = self._client.send(request)
            except httpx.TransportError as failure:
                unsent = isinstance(failure, (httpx.ConnectError, httpx.ConnectTimeout))
                if last or not (safe or unsent):
                    raise unreachable(self.url, failure) from failure
                perhaps_done = perhaps_done or not unsent
            else:
                if response.is_success:
                    return response
                if request.method == "DELETE" and perhaps_done and _is_gone(response):
                    return response
                again = response.status_code == _TOO_MANY or (safe and response.status_code in _AWAY)
                if last or not again:
                    raise problem(response)
                perhaps_done = perhaps_done or response.status_code != _TOO_MANY
                pause = max(pause, _retry_after(response))
            time.sleep(min(pause, _LONGEST_PAUSE_S))
        raise AssertionError("the last attempt returns or raises")

    def stream(self, path: str, *, headers: Mapping[str, str], query: Mapping[str, Any], timeout: float) -> Stream:
        """An answer whose body is read as it comes."""
        request = self._client.build_request(
            "GET", path, params=_query(query), headers=dict(headers), timeout=httpx.Timeout(timeout, connect=_CONNECT_S)
        )
        return Stream(lambda: self._client.send(request, stream=True))


class Stream:
    """A context manager of an answer that has been accepted; raises what :meth:`Http.send` raises, without retries."""

    def __init__(self, send: Callable[[], httpx.Response]) -> None:
        self._send = send
        self._response: httpx.Response | None = None

    def __enter__(self) -> httpx.Response:
        self._response = response = self._send()
        if not response.is_success:
            try:
                response.read()
                raise problem(response)
            finally:
                response.close()
        return response

    def __exit__(self, *_: object) -> None:
        if self._response is not None:
            self._response.close()


def path(*segments: object) -> str:
    """A path of segments, each escaped."""
    return "/" + "/".join(quote(str(segment), safe="") for segment in segments)


def problem(response: httpx.Response) -> ProblemError:
    """What the platform says is wrong. Some other server may have answered; then there is no code of Tribunal's."""
    status = response.status_code
    kind = _PROBLEMS.get(status, ProblemError)
    try:
        told = response.json()
        code, errors = told["code"], told.get("errors") or []
        mistakes = [Mistake(error.get("pointer", ""), error["detail"]) for error in errors]
        return kind(status, code, told.get("detail") or code, told.get("requestId"), mistakes)
    except (ValueError, TypeError, KeyError, AttributeError):
        detail = f"the answer of {response.url.host} is not one of Tribunal's; check the URL, or the proxy between"
        return kind(status, f"http_{status}", detail)


def _is_gone(response: httpx.Response) -> bool:
    """Whether the platform, and no other server, says that there is nothing."""
    return response.status_code == 404 and problem(response).code != "http_404"


def unreachable(url: str, failure: httpx.TransportError) -> PlatformUnreachableError:
    why = "it took too long" if isinstance(failure, httpx.TimeoutException) else str(failure) or type(failure).__name__
    advice = (
        "is it running, and is that its address? Start one with: ./tribunal up"
        if isinstance(failure, (httpx.ConnectError, httpx.ConnectTimeout))
        else "what was asked may be under way all the same"
    )
    return PlatformUnreachableError(f"the platform at {url} does not answer: {why}; {advice}")


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    """What is None is left out; True is ``true``."""
    return {name: value for name, value in query.items() if value is not None}


def _retry_after(response: httpx.Response) -> float:
    after = response.headers.get("Retry-After", "")
    return float(after) if after.isascii() and after.isdigit() else 0.0


def _is_loopback(url: str) -> bool:
    host = httpx.URL(url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
