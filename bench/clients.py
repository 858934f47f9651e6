"""Visitors without a browser: they speak Streamlit's protocol, or Dash's, over loopback."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

DAY = "時点"
# The days whose maps differ (see bench/repaint.py), as positions on the slider.
DAY_CYCLE = (0, 1, 3)
_PATIENCE = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back for one change.

    up, down : bytes of the WebSocket messages.  messages : how many came.  digest : of the
    shown elements, to tell that a change did change the page.  kinds : (kind of element, bytes).
    """

    seconds: float
    up: int
    down: int
    messages: int
    digest: str
    kinds: tuple[tuple[str, int], ...]


class StreamlitVisitor:
    """One session of a Streamlit page that has a slider or a choice with a known label."""

    def __init__(self, socket: ClientConnection, label: str) -> None:
        self._socket, self._label = socket, label
        self._widget = self._kind = self._fragment = self._script = ""
        self._options: list[str] = []
        # hash → [its fragment, its age in runs]: the browser keeps large messages for a while.
        self._cache: dict[str, list] = {}
        self._running: set[str] = set()
        self._keep = 0

    @classmethod
    async def arrive(
        cls,
        url: str,
        page: str = "",
        query: str = "",
        compression: str | None = None,
        label: str = DAY,
    ) -> StreamlitVisitor:
        """Connect and run the page once, as a browser does.

        compression : "deflate" to offer it, as browsers do; None saves the client's own CPU.
        label : how the label of the widget that will be moved begins.

        Raises RuntimeError if the page shows an exception or has no such widget.
        """
        address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
        socket = await connect(
            address, subprotocols=["streamlit"], max_size=None, compression=compression,
            ping_interval=None, proxy=None,
        )  # fmt: skip
        visitor = cls(socket, label)
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        _describe_browser(message, url)
        await visitor._exchange(message, look=True)
        if not visitor._widget:
            raise RuntimeError(f"「{label}」が見つかりません: {url}{page}")
        visitor._url = url
        return visitor

    async def choose(self, position: int, *, look: bool = False) -> Answer:
        """Choose the option at this position and wait until the server has finished.

        look : read every message (size by kind, digest) instead of waiting for the last one.
        """
        message = BackMsg()
        run = message.rerun_script
        run.page_script_hash = self._script
        run.fragment_id = self._fragment
        run.cached_message_hashes.extend(self._cache)
        _describe_browser(message, self._url)
        widget = run.widget_states.widgets.add()
        widget.id = self._widget
        if self._kind == "slider":
            widget.string_array_value.data.append(self._options[position])
        else:
            widget.string_value = self._options[position]
        return await self._exchange(message, look=look)

    async def leave(self) -> None:
        """Close the connection."""
        await self._socket.close()

    async def _exchange(self, message: BackMsg, *, look: bool) -> Answer:
        data = message.SerializeToString()
        start = time.perf_counter()
        await self._socket.send(data)
        down, count, kinds, digest = 0, 0, [], hashlib.sha256()
        while True:
            raw = await asyncio.wait_for(self._socket.recv(), _PATIENCE)
            down += len(raw)
            count += 1
            # The end is a short message; under load the others are not worth reading.
            if not look and len(raw) > 200:
                continue
            answer = ForwardMsg.FromString(raw)
            kind = answer.WhichOneof("type")
            if look:
                kinds.append((self._note(answer), len(raw)))
                if kind in ("delta", "ref_hash"):
                    digest.update(raw)
            if kind == "script_finished":
                if answer.script_finished not in _GOOD_ENDS:
                    raise RuntimeError("画面の実行が最後まで進みませんでした。")
                break
        seconds = time.perf_counter() - start
        if look:
            self._age_cache()
        return Answer(seconds, len(data), down, count, digest.hexdigest(), tuple(kinds))

    def _note(self, answer: ForwardMsg) -> str:
        """Remember what later changes need; return what kind of message this is."""
        kind = answer.WhichOneof("type")
        if kind == "new_session":
            self._script = answer.new_session.page_script_hash
            if answer.new_session.HasField("config"):
                self._keep = answer.new_session.config.max_cached_message_age
            return kind
        if kind == "ref_hash":
            self._cache[answer.ref_hash][1] = 0
        if kind != "delta":
            return kind
        self._running = set(answer.metadata.run.fragment_ids)
        delta = answer.delta
        if answer.metadata.cacheable and answer.hash:
            self._cache[answer.hash] = [delta.fragment_id, 0]
        if delta.WhichOneof("type") != "new_element":
            return delta.WhichOneof("type")
        element = delta.new_element
        name = element.WhichOneof("type")
        if name == "exception":
            raise RuntimeError(f"画面に例外が出ています: {element.exception.message}")
        if name in ("slider", "selectbox"):
            widget = getattr(element, name)
            if widget.label.startswith(self._label):
                self._widget, self._kind = widget.id, name
                self._options = list(widget.options)
                self._fragment = delta.fragment_id
        return name

    def _age_cache(self) -> None:
        """Forget what the browser would have forgotten after this run."""
        for key, entry in list(self._cache.items()):
            if self._running and entry[0] not in self._running:
                continue
            entry[1] += 1
            if entry[1] > self._keep:
                del self._cache[key]


_GOOD_ENDS = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)


def _describe_browser(message: BackMsg, url: str) -> None:
    context = message.rerun_script.context_info
    context.timezone, context.locale, context.url = "Asia/Tokyo", "ja-JP", url
    context.color_scheme = "light"


class DashVisitor:
    """One visitor of the Dash map page; changes go over a kept connection."""

    def __init__(self, url: str) -> None:
        self._link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)
        rule = json.loads(self._ask("GET", "/_dash-dependencies"))[0]
        names = rule["output"].strip(".").split("...")
        self._body: dict[str, Any] = {
            "output": rule["output"],
            "outputs": [
                dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names
            ],
            "inputs": [{**one, "value": None} for one in rule["inputs"]],
            "changedPropIds": ["day.value"],
            "state": [],
        }

    def choose_day(self, position: int) -> tuple[int, int]:
        """Move the slider; return the bytes of the request's and the answer's body."""
        for one in self._body["inputs"]:
            if one["id"] == "day":
                one["value"] = position
        body = json.dumps(self._body)
        return len(body), len(self._ask("POST", "/_dash-update-component", body))

    def leave(self) -> None:
        """Close the connection."""
        self._link.close()

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        self._link.request(method, path, body, {"Content-Type": "application/json"})
        reply = self._link.getresponse()
        content = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"Dash が {reply.status} を返しました。")
        return content
