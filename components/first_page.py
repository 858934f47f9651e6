"""The page Streamlit answers first, made ours: Japanese from its first byte, parts fetched early.

The browser would learn of our drawing code, the map's outline and the fonts only after Streamlit
has started, run the script and mounted the first part. Named in the page's head, they are
fetched meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit

from components.site import PRODUCT
from components.static_files import static_url, static_version

# Streamlit's own pieces that every page of ours needs; their file names carry a hash.
_PIECES = ("BidiComponent", "Html", "purify", "DownloadButton", "serialization", "recordbatch")
_OWN_PARTS = ("figure", "dom", "map", "charts", "shell")
_FONTS = ("NotoSansJP-400-basic", "NotoSansJP-700-basic")


def _hints() -> str:
    version = static_version("js/*.js")
    own = (f"./app/static/js/{name}.js?v={version}" for name in _OWN_PARTS)
    scripts = Path(streamlit.__file__).parent / "static" / "static" / "js"
    theirs = (
        f"./static/js/{path.name}"
        for name in _PIECES
        for path in sorted(scripts.glob(f"{name}.*.js"))
    )
    lines = [f'<link rel="modulepreload" href="{address}">' for address in (*own, *theirs)]
    lines += [
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="./app/static/fonts/{name}.woff2">'
        for name in _FONTS
    ]
    lines.append(
        '<link rel="preload" as="fetch" crossorigin '
        f'href="./{static_url("geo/prefectures_display.json")}">'
    )
    return "".join(lines)


def make_ours(page: str) -> str:
    """Return Streamlit's start page with our language, title, hints and notices."""
    page = page.replace('<html lang="en">', '<html lang="ja">', 1)
    page = re.sub(r"<title>.*?</title>", f"<title>{PRODUCT}</title>", page, count=1, flags=re.S)
    # Their Latin font is not used and would be fetched first.
    page = re.sub(r'<link\s+rel="preload"[^>]*SourceSans[^>]*/>', "", page, count=1)
    page = re.sub(
        r"<noscript>.*?</noscript>",
        "<noscript>この画面を見るには、ブラウザのJavaScriptを有効にしてください。</noscript>",
        page,
        count=1,
        flags=re.S,
    )
    return page.replace("</head>", f"{_hints()}</head>", 1)


class FirstPage:
    """ASGI middleware that passes the start page through `make_ours`, everything else as it is."""

    def __init__(self, app: Callable[..., Awaitable[None]]):
        self.app = app

    async def __call__(self, scope: Mapping[str, Any], receive: Callable, send: Callable) -> None:
        """Answer one connection."""
        if scope["type"] != "http" or "." in scope["path"].rsplit("/", 1)[-1]:
            await self.app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        body = bytearray()

        async def answer(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"")
                plain = b"content-encoding" not in dict(message["headers"])
                if not (kind.startswith(b"text/html") and plain):
                    await send(message)
                else:
                    start.update(message)
            elif not start:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    page = make_ours(body.decode("utf-8")).encode("utf-8")
                    headers = [
                        (name, str(len(page)).encode() if name == b"content-length" else value)
                        # The tag of the unchanged page must not answer for ours.
                        for name, value in start["headers"]
                        if name not in (b"etag", b"last-modified")
                    ]
                    await send({**start, "headers": headers})
                    await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, answer)
