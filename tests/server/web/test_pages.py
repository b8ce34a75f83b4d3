"""Public pages and files: their headers, and no other file is public."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from jupyter_server.serverapp import ServerApp

from tests.server.conftest import HOST_TOKEN, LogIn
from tests.support.people import Answer, Person


def policy(answer: Answer) -> dict[str, list[str]]:
    """The Content-Security-Policy of an answer, by directive."""
    directives = answer.headers["Content-Security-Policy"].split(";")
    return {each.split()[0]: each.split()[1:] for each in directives if each.strip()}


@pytest.mark.parametrize("path", ["/arena", "/arena/", "/arena/join/some-session"])
async def test_a_page_is_walled_in(stranger: Person, base: str, path: str) -> None:
    answer = await stranger.fetch("GET", path)
    assert answer.status == 200
    assert answer.headers["Content-Type"].lower() == "text/html; charset=utf-8"
    rules = policy(answer)
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == ["'self'"], "no inline script and no eval"
    assert rules["connect-src"] == ["'self'"]
    assert rules["frame-src"] == [f"{base}arena/runtime/"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert "'unsafe-inline'" not in rules["style-src"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_page_knows_its_base_url_and_a_nonce_that_is_new_each_time(
    stranger: Person, jp_base_url: str
) -> None:
    first, second = [await stranger.fetch("GET", "/arena/") for _ in range(2)]
    assert f'href="{jp_base_url}"' in first.text
    nonces = [re.findall('nonce="(.*?)"', each.text) for each in (first, second)]
    assert nonces[0] != nonces[1]
    for answer, (nonce,) in zip((first, second), nonces, strict=True):
        assert f"'nonce-{nonce}'" in policy(answer)["style-src"]
        assert len(nonce) >= 22


@pytest.mark.parametrize("page", ["/arena", "/arena/", "/arena/join/a-b", "/arena/replay/a-b"])
async def test_a_page_finds_its_files_wherever_a_proxy_has_put_it(
    stranger: Person, base: str, page: str
) -> None:
    answer = await stranger.fetch("GET", page)
    (to_base,) = re.findall('<link href="(.*?)x">', answer.text)
    seen = f"https://x.example/some/where{page}"
    assert (
        urljoin(seen, f"{to_base}arena/static/x") == "https://x.example/some/where/arena/static/x"
    )


async def test_a_page_says_for_which_host_it_was_asked(
    jp_serverapp: ServerApp, person: Callable[..., Person]
) -> None:
    jp_serverapp.web_app.settings["allow_remote_access"] = True
    asked = person({"Host": 'x.example:1"><script>'})
    assert "<script>" not in (await asked.fetch("GET", "/arena/")).text
    asked = person({"Host": "x.example:1"})
    assert '<meta content="x.example:1">' in (await asked.fetch("GET", "/arena/")).text
    jp_serverapp.web_app.settings["allow_origin"] = "https://other.example"
    assert '<meta content="">' in (await asked.fetch("GET", "/arena/")).text


async def test_the_base_url_cannot_break_out_of_the_page(
    jp_serverapp: ServerApp, stranger: Person
) -> None:
    jp_serverapp.web_app.settings["base_url"] = '/"><script>alert(1)</script>/'
    answer = await stranger.fetch("GET", "/arena/")
    assert "<script>" not in answer.text
    assert "&quot;&gt;&lt;script&gt;" in answer.text


async def test_no_page_holds_a_secret_or_a_cookie_for_strangers(
    host: Person, stranger: Person, log_in: LogIn
) -> None:
    session = await host.session()
    secret = await host.invite(session)
    for path in ("/arena/", f"/arena/join/{session}"):
        for answer in (
            await host.fetch("GET", path),
            await stranger.fetch("GET", path, headers=await log_in()),
            await stranger.fetch("GET", path),
        ):
            assert answer.status == 200
            assert HOST_TOKEN not in answer.text
            assert secret not in answer.text
            assert session not in answer.text, "the page reads its address itself"
        assert answer.headers.get_list("Set-Cookie") == []


async def test_a_page_that_was_not_built_says_so(stranger: Person, built: Path) -> None:
    (built / "static" / "page.html").unlink()
    assert (await stranger.fetch("GET", "/arena/")).status == 503


async def test_an_asset_is_sent_compressed_to_who_takes_that(stranger: Person, built: Path) -> None:
    text = "console.log('plain')" * 20
    (built / "static" / "a-HASH.js").write_text(text)
    (built / "static" / "a-HASH.js.gz").write_bytes(gzip.compress(text.encode()))
    packed = await stranger.fetch(
        "GET", "/arena/static/a-HASH.js", headers={"Accept-Encoding": "br, gzip"}
    )
    plain = await stranger.fetch(
        "GET", "/arena/static/a-HASH.js", headers={"Accept-Encoding": "identity"}
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body).decode() == text
    (built / "static" / "a-HASH.js.br").write_bytes(b"as good as Brotli")
    smaller = await stranger.fetch(
        "GET", "/arena/static/a-HASH.js", headers={"Accept-Encoding": "gzip, br"}
    )
    assert smaller.headers["Content-Encoding"] == "br"
    assert smaller.body == b"as good as Brotli"
    assert "Content-Encoding" not in plain.headers
    assert plain.text == text
    for answer in (packed, plain):
        assert answer.status == 200
        assert answer.headers["Content-Type"].partition(";")[0] == "text/javascript"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in policy(answer), "a file is no page"


async def test_an_asset_without_a_compressed_twin_is_sent_as_it_is(
    stranger: Person, built: Path
) -> None:
    (built / "runtime" / "python.wasm").write_bytes(b"\0asm")
    answer = await stranger.fetch(
        "GET", "/arena/runtime/python.wasm", headers={"Accept-Encoding": "gzip"}
    )
    assert (answer.status, answer.body) == (200, b"\0asm")
    assert answer.headers["Content-Type"] == "application/wasm"
    assert "Content-Encoding" not in answer.headers


async def test_asking_for_the_head_sends_no_body(stranger: Person, built: Path) -> None:
    (built / "static" / "a.css").write_text("body {}")
    answer = await stranger.fetch("HEAD", "/arena/static/a.css")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "7")


async def test_the_version_of_the_runtime_is_never_cached_for_long(
    stranger: Person, built: Path
) -> None:
    (built / "runtime" / "version.json").write_text("{}")
    answer = await stranger.fetch("GET", "/arena/runtime/version.json")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["playback", "markup"])
async def test_a_worker_of_a_page_starts_and_loads_nothing(
    stranger: Person, built: Path, name: str
) -> None:
    (built / "runtime" / "v1").mkdir()
    (built / "runtime" / "v1" / f"{name}.js").write_text("0")
    answer = await stranger.fetch("GET", f"/arena/runtime/v1/{name}.js")
    assert answer.status == 200
    assert policy(answer) == {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}


async def test_the_sandbox_has_no_origin_and_may_be_framed(stranger: Person, built: Path) -> None:
    (built / "runtime" / "v1").mkdir()
    (built / "runtime" / "v1" / "sandbox.html").write_text("<!doctype html>")
    answer = await stranger.fetch("GET", "/arena/runtime/v1/sandbox.html")
    assert answer.status == 200
    assert policy(answer)["sandbox"] == ["allow-scripts"]
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Content-Type"].partition(";")[0] == "text/html"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "../static-too/secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "%2e%2e%2fsecret.txt",
        "..%5csecret.txt",
        "x/../../secret.txt",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "link.txt",
        "%00",
        "",
        ".",
        "missing.js",
    ],
)
@pytest.mark.parametrize("root", ["static", "runtime"])
async def test_nothing_outside_is_sent(stranger: Person, built: Path, root: str, path: str) -> None:
    (built / "secret.txt").write_text("the secret")
    (built / "secret.txt.gz").write_bytes(gzip.compress(b"the secret"))
    (built / f"{root}-too").mkdir()
    (built / f"{root}-too" / "secret.txt").write_text("the secret")
    (built / root / "link.txt").symlink_to(built / "secret.txt")
    for accept in ("identity", "gzip"):
        answer = await stranger.fetch(
            "GET", f"/arena/{root}/{path}", headers={"Accept-Encoding": accept}
        )
        assert answer.status in (400, 403, 404), path
        assert b"the secret" not in answer.body
        assert "Content-Encoding" not in answer.headers
