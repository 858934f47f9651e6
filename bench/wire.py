"""What really travels: a proxy on loopback that counts the bytes of one connection."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit


class CountingProxy:
    """Forwards connections to a server and counts what it answers, compressed or not."""

    def __init__(self, url: str):
        self._target = urlsplit(url)
        self.down = 0

    async def __aenter__(self) -> CountingProxy:
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _forward(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_connection(self._target.hostname, self._target.port)

        async def copy(source: asyncio.StreamReader, to: asyncio.StreamWriter, count: bool) -> None:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                while block := await source.read(65536):
                    self.down += len(block) if count else 0
                    to.write(block)
                    await to.drain()
            to.close()

        await asyncio.gather(copy(near, far_out, False), copy(far, near_out, True))
