"""Who may look at the dashboard: a layer around every route of the server, pages, socket, uploads and all.

A request has to name the server as it is called here (a page elsewhere could otherwise have its own name point at this
computer), come from no other page, and carry the cookie that the address with the token gave. What is missing ends in
403, before anything behind this layer is asked.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote_plus

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL = ("localhost", "127.0.0.1", "::1")
"""What this computer calls itself; the server listens on no other address."""
PARAMETER = "token"
_HOST = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9_.-]{1,255}))(?::(?P<port>[0-9]{1,5}))?"
)

NO_TOKEN = """403: this dashboard is for whoever started it.

Open the address that `rdpscore dashboard` printed in the terminal where it runs, with ?token= and what follows it.
Each browser needs it once; after that, addresses without the token work, too, until the dashboard is stopped.
"""
OTHER_NAME = """403: this dashboard does not answer to the name in this address.

Open the address that `rdpscore dashboard` printed. To serve it under another name: rdpscore dashboard --host NAME
"""
OTHER_PAGE = """403: this was asked for by a page of another address.

Open the dashboard itself, by the address that `rdpscore dashboard` printed.
"""


@dataclass(frozen=True)
class Secret:
    """What lets a browser in: the token of the address, and the cookie that it is exchanged for.

    Both live in the memory of one process and end with it; neither is written to a file of the survey, an argument or
    the environment.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


class Guard:
    """ASGI middleware that lets in who may look.

    Parameters
    ----------
    app : ASGI application
        All of the server.
    secret : Secret or None
        None asks for no token; names are held against the list all the same.
    hosts : iterable of str
        Names under which it is served, besides those of this computer.
    """

    def __init__(self, app: App, *, secret: Secret | None, hosts: Iterable[str] = ()) -> None:
        self.app = app
        self.secret = secret
        self.hosts = frozenset((*LOCAL, *(h.lower() for h in hosts)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        host = only(scope, b"host").lower()
        named = _HOST.fullmatch(host)
        if named is None or (named["six"] or named["name"]).rstrip(".") not in self.hosts:
            await refuse(scope, send, OTHER_NAME)
        elif not own_origin(scope, host):
            await refuse(scope, send, OTHER_PAGE)
        elif self.secret is None:
            await self.app(scope, receive, send)
        else:
            await self._admit(scope, receive, send, self.secret, cookie_name(named["port"]))

    async def _admit(self, scope: Scope, receive: Receive, send: Send, secret: Secret, name: str) -> None:
        known = any(same(value, secret.cookie) for value in cookies(scope, name))
        may_bring_one = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        tokens, rest = without_token(scope["query_string"] if may_bring_one else b"")
        right = any(same(token, secret.token) for token in tokens)
        if not (known or right):
            await refuse(scope, send, NO_TOKEN)
        elif tokens:  # it leaves the address, which people share and browsers remember
            await redirect(scope, send, rest, f"{name}={secret.cookie}" if right else None)
        else:
            await self.app(scope, receive, send)


def cookie_name(port: str | None) -> str:
    """Name of the cookie; browsers share cookies between all ports of a host, so the port of the address is in it."""
    return f"rdpscore-{port}" if port else "rdpscore"


def only(scope: Scope, name: bytes) -> str:
    """The value of a header; empty where there is none, or where several could be read in two ways."""
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1").strip() if len(found) == 1 else ""


def own_origin(scope: Scope, host: str) -> bool:
    """Whether the page that asks, where the browser names one, is of this very host and port."""
    if not any(key == b"origin" for key, _ in scope["headers"]):
        return True
    scheme, _, origin = only(scope, b"origin").lower().partition("://")
    return scheme in ("http", "https") and origin == host


def cookies(scope: Scope, name: str) -> list[str]:
    """All values of a cookie: one set for another path does not hide ours."""
    pairs = [
        pair.strip().partition("=")
        for key, value in scope["headers"]
        if key == b"cookie"
        for pair in value.decode("latin-1").split(";")
    ]
    return [value for key, _, value in pairs if key == name]


def without_token(query: bytes) -> tuple[list[str], bytes]:
    """The tokens of a query, and the rest of it to the letter."""
    parts = query.split(b"&")
    ours = [part.partition(b"=") for part in parts]
    is_token = [unquote_plus(key.decode("latin-1")) == PARAMETER for key, _, _ in ours]
    tokens = [unquote_plus(v.decode("latin-1")) for (_, _, v), t in zip(ours, is_token, strict=True) if t]
    return tokens, b"&".join(p for p, t in zip(parts, is_token, strict=True) if not t)


def same(given: str, kept: str) -> bool:
    """Whether the two are equal, told in the same time wherever they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), kept.encode())


async def refuse(scope: Scope, send: Send, text: str) -> None:
    """403: of a socket, before it is one."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
    else:
        await _answer(send, 403, text, [(b"content-type", b"text/plain; charset=utf-8")])


async def redirect(scope: Scope, send: Send, query: bytes, cookie: str | None) -> None:
    """To the same address without the token, and with a cookie for a browser that brought the right one.

    The place is told relative to the address that was asked for: no path leads to another host, and a proxy may serve
    all of it under a path of its own. The cookie is sent along when a link in a mail or a terminal is followed
    (``Lax``), and with nothing else that another site asks for.
    """
    path = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    where = "./" + quote(path.rpartition(b"/")[2], safe="%:@!$&'()*+,;=~")
    if query:
        where += "?" + quote(query, safe="%:@!$&'()*+,;=~/?[]")
    headers = [(b"location", where.encode("ascii"))]
    if cookie is not None:
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        headers.append((b"set-cookie", f"{cookie}; HttpOnly; SameSite=Lax; Path=/{secure}".encode("ascii")))
    await _answer(send, 303, "", headers)


async def _answer(send: Send, status: int, text: str, headers: list[tuple[bytes, bytes]]) -> None:
    body = text.encode()
    always = [
        (b"content-length", str(len(body)).encode("ascii")),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers + always})
    await send({"type": "http.response.body", "body": body})
