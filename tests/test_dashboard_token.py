"""Only who opens the printed address may look at the dashboard, at any of its routes."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dashboard import TOKENS, go_to, serving, settled, told, wait_for
from playwright.sync_api import Browser, expect

from rdpscore.cli import dashboard as command
from rdpscore.cli.guard import Secret

pytestmark = pytest.mark.slow  # a server each


@dataclass(frozen=True)
class Answer:
    """What came back of one request, byte for byte."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True)
class Server:
    """A dashboard of the shipped survey, spoken to by hand-written requests."""

    port: int
    token: str
    pid: int
    cookie: str = field(default="")

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def send(self, raw: bytes) -> Answer:
        """The answer to these very bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.sendall(raw)
            got = b""
            while b"\r\n\r\n" not in got:
                more = line.recv(65536)
                if not more:
                    break
                got += more
            head, _, body = got.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = [(k.lower(), v.strip()) for k, _, v in (h.partition(":") for h in lines[1:])]
            length = int(dict(headers).get("content-length", "0"))
            while len(body) < length and (more := line.recv(65536)):
                body += more
        return Answer(int(lines[0].split()[1]), headers, body)

    def ask(
        self, target: str = "/", *more: str, method: str = "GET", host: str | None = None, body: bytes = b""
    ) -> Answer:
        """The answer to a request; `host` "" leaves the header out."""
        lines = [f"{method} {target} HTTP/1.1"]
        if host != "":
            lines.append(f"Host: {host or self.host}")
        lines += [*more, "Connection: close"]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def open_socket(self, *more: str, host: str | None = None, target: str = "/_stcore/stream") -> Answer:
        """The answer to the handshake of a web socket."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {target} HTTP/1.1", f"Host: {host or self.host}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: streamlit", *more,
        ]  # fmt: skip
        return self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def let_in(self, target: str = "/") -> Answer:
        return self.ask(f"{target}{'&' if '?' in target else '?'}token={self.token}")


def started(address: str, pid: int) -> Server:
    place = urlsplit(address)
    assert place.port is not None
    found = Server(place.port, TOKENS[place.netloc], pid)
    cookie = found.let_in().all("set-cookie")[0].partition(";")[0] if found.token else ""
    return Server(found.port, found.token, pid, f"Cookie: {cookie}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as (address, pid):
        yield started(address, pid)


ROUTES = (
    "/", "/overview", "/journals?publisher=RSC", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics",
    "/_stcore/script-health-check", "/_stcore/upload_file/a/b", "/media/abc.csv", "/component/x/index.html",
    "/_stcore/bidi-components/x/y.js", "/app/static/x", "/static/js/index.js", "/index.html", "/favicon.png",
    "/auth/login", "/oauth2callback", "/_stcore/agent", "/nothing/such",
)  # fmt: skip
TRICKS = (
    "//", "//127.0.0.1/", "/./", "/%2e/", "/%2e%2e/", "/../", "/_STCORE/HEALTH", "/_stcore/health/", "/_stcore//health",
    "/%5fstcore/health", "/_stcore/health%00", "/_stcore/health;x", "/_stcore/health?", "/\\",
    "/static/../_stcore/health",
    "*", "http://127.0.0.1/", "/?Token={token}", "/?x=token={token}", "/?token%00={token}", "/#token={token}",
    "/token={token}",
)  # fmt: skip
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND")


@pytest.mark.parametrize("target", ROUTES)
def test_without_the_token_no_route_answers(server: Server, target: str) -> None:
    for method in METHODS:
        found = server.ask(target, method=method)
        assert (method, found.status) == (method, 403)
        assert found.all("set-cookie") == []
    said = server.ask(target).body.decode()
    assert "Open the address that `rdpscore dashboard` printed" in said
    assert server.token not in said


@pytest.mark.parametrize("target", TRICKS)
def test_no_other_spelling_of_a_path_gets_around_it(server: Server, target: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert server.ask(target.format(token=server.token), method=method).status in (400, 403)


@pytest.mark.parametrize(
    "wrong", ["", "x", "{token}x", "{short}", "{token}%00", "%ff%fe", "%C3%A9", "+{token}"]
)
def test_a_wrong_token_is_none(server: Server, wrong: str) -> None:
    given = wrong.format(token=server.token, short=server.token[:-1])
    found = server.ask(f"/?token={given}")
    assert found.status == 403


def test_a_token_opens_no_request_that_changes_something(server: Server) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert server.ask(f"/_stcore/upload_file/a/b?token={server.token}", method=method).status == 403
    assert server.open_socket(target=f"/_stcore/stream?token={server.token}").status == 403


def test_the_token_becomes_a_cookie_and_leaves_the_address(server: Server) -> None:
    found = server.ask(f"/journals?publisher=RSC&token={server.token}&publisher=A%26B+c&lab=x=1~@y")
    assert found.status == 303
    assert found.all("location") == ["./journals?publisher=RSC&publisher=A%26B+c&lab=x=1~@y"]
    (cookie,) = found.all("set-cookie")
    name, _, rest = cookie.partition("=")
    assert name == f"rdpscore-{server.port}"
    assert {p.strip() for p in rest.split(";")[1:]} == {"HttpOnly", "SameSite=Lax", "Path=/"}
    assert server.token not in cookie
    assert found.all("referrer-policy") == ["no-referrer"]
    assert found.all("cache-control") == ["no-store"]
    assert server.let_in("/").all("location") == ["./"]
    known = server.ask(
        "/?token=of-yesterday&publisher=RSC", server.cookie
    )  # an old address of one who may look
    assert (known.status, known.all("location"), known.all("set-cookie")) == (303, ["./?publisher=RSC"], [])


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example", "/\\evil.example", "/%2f%2fevil.example", "/a//b:c"]
)
def test_no_path_leads_to_another_host(server: Server, path: str) -> None:
    found = server.let_in(path)
    assert found.status in (303, 400)
    assert all(place.startswith("./") and "//" not in place for place in found.all("location"))


def test_with_the_cookie_pages_and_the_socket_answer(server: Server) -> None:
    for target in ("/", "/journals?publisher=RSC", "/_stcore/health", "/_stcore/host-config"):
        assert server.ask(target, server.cookie).status == 200
    assert server.open_socket(server.cookie, f"Origin: http://{server.host}").status == 101
    assert server.open_socket(server.cookie).status == 101
    several = server.cookie.replace("Cookie: ", f"Cookie: rdpscore-{server.port}=old; a=b; ")
    assert server.ask("/", several).status == 200


def test_the_cookie_of_another_dashboard_or_port_is_none(server: Server) -> None:
    other = Secret()
    _, _, value = server.cookie.partition("=")
    for cookie in (
        f"rdpscore-{server.port}={other.cookie}", f"rdpscore-{server.port + 1}={value}", f"rdpscore={value}",
        f"rdpscore-{server.port}={server.token}", f"rdpscore-{server.port}=", f"rdpscore-{server.port}", value,
        f"RDPSCORE-{server.port}={value}", f'rdpscore-{server.port}="{value}"',
    ):  # fmt: skip
        assert (cookie, server.ask("/", f"Cookie: {cookie}").status) == (cookie, 403)
        assert server.open_socket(f"Cookie: {cookie}").status == 403


def test_another_user_of_this_computer_sees_nothing(server: Server) -> None:
    assert server.ask("/", server.cookie).status == 200
    assert server.ask("/").status == 403
    assert server.open_socket(f"Origin: http://{server.host}").status == 403
    for method, target in (
        ("PUT", "/_stcore/upload_file/s/f"),
        ("DELETE", "/_stcore/upload_file/s/f"),
        ("GET", "/media/x"),
    ):
        assert server.ask(target, method=method, body=b"x").status == 403


HOSTS = (
    "evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example#127.0.0.1",
    "127.0.0.1@evil.example", "evil.example/127.0.0.1", "127.0.0.1:{port}, evil.example", "[::1", "::1", "0.0.0.0",
    "127.0.0.2",
    "127.1", "[::ffff:127.0.0.1]", "localhost:99999999", "localhost:x", " ", "é",
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_it_answers_to_no_other_name(server: Server, host: str) -> None:
    name = host.format(port=server.port)
    for target in ("/", f"/?token={server.token}", "/_stcore/health"):
        found = server.ask(target, server.cookie, host=name)
        assert found.status in (400, 403)
        assert found.all("set-cookie") == []
        assert b"evil" not in found.body
    assert server.open_socket(server.cookie, host=name).status in (400, 403)


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}", "localhost.:{port}", "127.0.0.1:{port}"]
)
def test_it_answers_to_what_this_computer_calls_itself(server: Server, host: str) -> None:
    name = host.format(port=server.port)
    assert server.ask("/", server.cookie, host=name).status == 200
    assert server.open_socket(server.cookie, f"Origin: http://{name.lower()}", host=name).status == 101


def test_a_request_has_one_host(server: Server) -> None:
    assert server.ask("/", server.cookie, host="").status in (400, 403)
    assert server.ask("/", server.cookie, "Host: evil.example").status in (400, 403)
    assert server.send(f"GET / HTTP/1.0\r\n{server.cookie}\r\n\r\n".encode()).status in (400, 403)
    absolute = server.ask("http://evil.example/", server.cookie)  # the name that counts is the header's
    assert absolute.status in (400, 404)
    assert absolute.all("location") == []


ORIGINS = (
    "http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:{other}", "http://localhost:{port}", "file://",
    "http://127.0.0.1:{port}.evil.example", "http://127.0.0.1:{port}/", "{host}", "ftp://127.0.0.1:{port}", "",
)  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_page_of_another_address_opens_no_socket(server: Server, origin: str) -> None:
    given = f"Origin: {origin.format(port=server.port, other=server.port + 1, host=server.host)}"
    assert server.open_socket(server.cookie, given).status == 403
    assert server.ask("/_stcore/upload_file/a/b", server.cookie, given, method="PUT", body=b"x").status == 403
    twice = f"Origin: http://{server.host}"
    assert server.open_socket(server.cookie, twice, given).status in (400, 403)


def test_the_token_stands_in_no_argument_no_environment_and_is_printed_once(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "rdpscore", "dashboard", "--no-browser", "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path,
    )  # fmt: skip
    try:
        printed = told(process)
        address, _, token = printed.partition("/?token=")
        assert len(token) >= 40
        TOKENS[f"127.0.0.1:{port}"] = token
        wait_for(address, process)
        server = Server(port, token, process.pid)
        server.let_in()
        server.open_socket(target=f"/_stcore/stream?token={token}")
        server.ask(f"/?token={token}x")
        if sys.platform == "linux":
            for seen in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    assert token.encode() not in seen.read_bytes()
                except OSError:
                    continue
            assert token.encode() not in Path(f"/proc/{process.pid}/environ").read_bytes()
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert token not in rest
    assert "Traceback" not in rest
    assert process.returncode in (0, 130)  # stopped as it is meant to be


def test_settings_beside_a_strangers_survey_are_not_read(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(
        '[server]\nallowedHosts = ["evil.example"]\nscriptHealthCheckEnabled = true\nenableStaticServing = true\n'
    )
    with serving(None, cwd=tmp_path) as (address, pid):
        server = started(address, pid)
        assert (
            server.ask("/_stcore/script-health-check", server.cookie)
            .all("content-type")[0]
            .startswith("text/html")
        )
        assert server.ask("/", server.cookie, host="evil.example").status == 403


def test_without_a_token_names_and_origins_are_still_held(tmp_path: Path) -> None:
    with serving(None, "--no-token", "--host", "Survey.example.org") as (address, pid):
        server = started(address, pid)
        assert server.token == ""
        assert server.ask("/").status == 200
        assert server.ask("/", host="survey.example.org").status == 200
        assert (
            server.open_socket("Origin: https://survey.example.org", host="survey.example.org").status == 101
        )
        assert server.open_socket("Origin: https://evil.example", host="survey.example.org").status == 403
        assert server.ask("/", host="evil.example").status == 403
        assert server.open_socket("Origin: http://evil.example").status == 403


def test_behind_a_proxy_that_speaks_https_the_cookie_stays_there(tmp_path: Path) -> None:
    with serving(None, "--host", "survey.example.org") as (address, pid):
        server = started(address, pid)
        found = server.ask(f"/?token={server.token}", "X-Forwarded-Proto: https", host="survey.example.org")
        (cookie,) = found.all("set-cookie")
        assert cookie.startswith("rdpscore=")
        assert cookie.endswith("; Secure")
        given = f"Cookie: {cookie.partition(';')[0]}"
        origin = "Origin: https://survey.example.org"
        assert server.open_socket(given, origin, host="survey.example.org").status == 101


# In a browser -------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_deep_link_with_the_token_leads_to_its_page_and_the_address_can_be_shared(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context()
    page = context.new_page()
    bare = f"http://{server.host}/journal?journal=polymers&with=nature"
    refused = page.goto(bare)
    assert refused is not None
    assert refused.status == 403
    expect(page.get_by_text("Open the address that")).to_be_visible()
    go_to(page, bare)
    settled(page)
    expect(page.get_by_role("heading", name="Polymers", exact=True)).to_be_visible()
    assert "token" not in page.url
    assert page.evaluate("document.cookie").find("rdpscore") == -1  # no script reads it
    again = context.new_page()
    again.goto(page.url)
    settled(again)
    expect(again.get_by_role("heading", name="Polymers", exact=True)).to_be_visible()
    stranger = browser.new_context().new_page()
    shut = stranger.goto(page.url)
    assert shut is not None
    assert shut.status == 403
    context.close()


@pytest.mark.browser
def test_a_link_in_a_mail_and_the_file_that_opens_the_browser_lead_in(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "open.html"
    file.write_text(command.PAGE.format(address=f"http://{server.host}/?token={server.token}"))
    page = browser.new_context().new_page()
    page.goto(file.as_uri())
    page.wait_for_url(f"http://{server.host}/**")
    settled(page)
    assert "token" not in page.url
    page.set_content(f'<a href="http://{server.host}/journals">view</a>')
    page.goto(
        "data:text/html," + f'<a href="http://{server.host}/journals?publisher=RSC">view</a>'
    )  # another site
    page.get_by_text("view").click()
    settled(page)
    expect(page.get_by_text("9 of 171 journals").first).to_be_visible()
