"""Who may call: write keys name a source, API keys have scopes. Compared in constant time, never logged or repeated.

Without any key the API is open to its own machine: `serve` then listens on loopback alone, and a request that a web
page sent, or that came under a foreign host name (DNS rebinding), is refused.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from ipaddress import ip_address
from typing import Annotated, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer

from graph_cdp.errors import UsageError
from graph_cdp.settings import Settings
from graph_cdp_api.problems import ForbiddenError, UnauthorizedError

SCOPES: Final = frozenset(("read", "steward", "jobs", "query", "privacy"))
_NAME: Final = re.compile(r"[^\s/:=,]{1,64}\Z")

Holder = TypeVar("Holder")


class WriteKey(NamedTuple):
    """A sender: its key, as a digest, and the source that its messages come from.

    A `public` one stands in a web page for all to read: whoever sends with it learns nothing of what became of that.
    """

    digest: bytes
    source: str
    public: bool = False


class Caller(NamedTuple):
    """Who sends messages: the source that they come from, None where they name their own."""

    source: str | None
    public: bool = False


class ApiKey(NamedTuple):
    """A reader: its key, as a digest, its name, and what it may do."""

    digest: bytes
    name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys of a running API."""

    write: tuple[WriteKey, ...] = ()
    api: tuple[ApiKey, ...] = ()

    @property
    def open(self) -> bool:
        """Whether no key is set at all, so that everybody who can reach the API may use it."""
        return not self.write and not self.api

    @classmethod
    def of(cls, settings: Settings) -> Keys:
        """The keys that the settings name. Raises `UsageError`, which says the number of a wrong entry, no more."""
        write = settings.write_keys.get_secret_value() if settings.write_keys else ""
        public = settings.public_write_keys.get_secret_value() if settings.public_write_keys else ""
        api = settings.api_keys.get_secret_value() if settings.api_keys else ""
        keys = cls(
            tuple(_write_key(place, entry) for place, entry in _entries("GRAPH_CDP_WRITE_KEYS", write))
            + tuple(
                _write_key(place, entry)._replace(public=True)
                for place, entry in _entries("GRAPH_CDP_PUBLIC_WRITE_KEYS", public)
            ),
            tuple(_api_key(place, entry) for place, entry in _entries("GRAPH_CDP_API_KEYS", api)),
        )
        for name, held in (
            ("GRAPH_CDP_WRITE_KEYS, GRAPH_CDP_PUBLIC_WRITE_KEYS", keys.write),
            ("GRAPH_CDP_API_KEYS", keys.api),
        ):
            if len({one.digest for one in held}) < len(held):
                raise UsageError(f"{name}: two entries have the same key (give each its own)")
        return keys


def find(given: str, held: Iterable[Holder], digest_of: Callable[[Holder], bytes]) -> Holder | None:
    """The holder of the key `given`. Every one is compared, and whole, so that the time taken tells nothing."""
    digest = _digest(given)
    found = None
    for one in held:
        if compare_digest(digest, digest_of(one)):
            found = one
    return found


def _entries(name: str, text: str) -> list[tuple[str, str]]:
    parts = [part.strip() for part in text.split(",")]
    return [(f"{name}, entry {number}", part) for number, part in enumerate(parts, start=1) if part]


def _named(place: str, entry: str, form: str) -> tuple[str, str]:
    name, equals, rest = entry.partition("=")
    if not equals or not rest or not _NAME.match(name):
        raise UsageError(f"{place}: give {form}, the name without blanks, / and : and of at most 64 characters")
    return name, rest


def _write_key(place: str, entry: str) -> WriteKey:
    source, key = _named(place, entry, "source=key")
    return WriteKey(_digest(key), source)


def _api_key(place: str, entry: str) -> ApiKey:
    name, rest = _named(place, entry, "name=key:scope+scope")
    key, colon, said = rest.rpartition(":")
    if not colon:
        return ApiKey(_digest(rest), name, frozenset(("read",)))
    scopes = frozenset(said.split("+"))
    if not key or not scopes <= SCOPES:
        raise UsageError(f"{place}: after the key's last colon stand scopes, of {', '.join(sorted(SCOPES))}")
    return ApiKey(_digest(key), name, scopes)


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


_basic = HTTPBasic(
    auto_error=False,
    description="A write key as user, with an empty password; or as a Bearer token, or as `writeKey` in the body.",
)
_access = HTTPBasic(
    scheme_name="AccessToken", auto_error=False, description="An API key as user, with an empty password."
)
_bearer = HTTPBearer(auto_error=False, description="An API key.")


class Presented(NamedTuple):
    """What a request to the tracking API has in its headers: `caller` is None where no write key is there."""

    keys: Keys
    caller: Caller | None

    def caller_by(self, written: object) -> Caller:
        """Who sends: the holder of the key of the header, else of the `writeKey` written in the body."""
        return self.caller or _holder(self.keys, written if isinstance(written, str) else "")


async def _presented(request: Request, basic: Annotated[HTTPBasicCredentials | None, Depends(_basic)]) -> Presented:
    keys: Keys = request.app.state.keys
    if keys.open:
        _from_here(request)
        return Presented(keys, Caller(None))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else basic.username if basic else None
    return Presented(keys, None if given is None else _holder(keys, given))


def _holder(keys: Keys, given: str) -> Caller:
    found = find(given, keys.write, lambda one: one.digest) if given else None
    if found is None:
        raise UnauthorizedError("send a write key as the user of Basic authorization, with an empty password", "Basic")
    return Caller(found.source, found.public)


def is_write_key(request: Request, key: str) -> bool:
    """Whether messages may be sent with `key`: any, where no keys are set."""
    keys: Keys = request.app.state.keys
    if keys.open:
        _from_here(request)
        return True
    return find(key, keys.write, lambda one: one.digest) is not None


def needs(*scopes: str) -> Callable[..., Awaitable[str]]:
    """A dependency that lets in who holds an API key of one of these scopes, and names the key."""

    async def check(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> str:
        keys: Keys = request.app.state.keys
        if keys.open:
            _from_here(request)
            return "this machine"
        found = find(credentials.credentials, keys.api, lambda one: one.digest) if credentials else None
        if found is None:
            raise UnauthorizedError("send an API key as the Bearer token of the Authorization header", "Bearer")
        if not found.scopes.intersection(scopes):
            raise ForbiddenError(f"this key has not the scope {' or '.join(scopes)}")
        return found.name

    return check


async def _reader(request: Request, credentials: Annotated[HTTPBasicCredentials | None, Depends(_access)]) -> str:
    """The name of the API key that came as the user of Basic authorization, as Segment's Profile API has it."""
    keys: Keys = request.app.state.keys
    if keys.open:
        _from_here(request)
        return "this machine"
    found = find(credentials.username, keys.api, lambda one: one.digest) if credentials else None
    if found is None:
        raise UnauthorizedError("send an API key as the user of Basic authorization, with an empty password", "Basic")
    if "read" not in found.scopes:
        raise ForbiddenError("this key has not the scope read")
    return found.name


reads_by_basic = _reader
Sender = Annotated[Presented, Depends(_presented)]


def _from_here(request: Request) -> None:
    """Refuses what a browser sends on behalf of a page from elsewhere."""
    hosts = [request.headers.get("host", "localhost")]
    hosts += [urlsplit(origin).netloc for origin in request.headers.getlist("origin")]
    if not all(is_loopback(urlsplit(f"//{host}").hostname or "") for host in hosts):
        raise ForbiddenError("no keys are set, so only requests to and from this machine itself are answered")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is that of the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
