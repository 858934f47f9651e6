"""What happens once when the server starts, before the first visitor."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import inspect
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_log = logging.getLogger(__name__)
# Heavy libraries that a page imports late; loaded here so that no visitor waits for them.
_LATE = (
    "pandas",
    "plotly.graph_objects",
    "openpyxl",
    "xlsxwriter",
    "components.plotly_charts",
    "scipy.optimize",
    "scipy.stats",
)


def keep_pages_folder_quiet() -> None:
    """Stop Streamlit from treating pages/ as its own old kind of pages.

    Until some session has run st.navigation, a server whose entry script lies beside a pages/
    folder shows 「Page not found」 over the first deep link. The flag is private; the browser
    test of first visits is the alarm should it move.
    """
    from streamlit.runtime.pages_manager import PagesManager

    PagesManager.uses_pages_directory = False


def send_without_delay() -> None:
    """Send small messages at once (TCP_NODELAY) on every connection.

    asyncio does so only for sockets whose protocol number is TCP; Streamlit binds its own with
    0, which leaves Nagle's algorithm on: the second message of an answer then waits for the
    browser's delayed acknowledgement, 40 ms at every step.
    """

    def set_nodelay(connection: socket.socket) -> None:
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # Private name of the standard library, guarded by a test.
    asyncio.base_events._set_nodelay = set_nodelay


def warm_up(read_data: Callable[[], None]) -> None:
    """Import what the pages need, read the data, and freeze both against collections.

    With the libraries loaded a full collection takes 55–60 ms holding the interpreter;
    frozen objects are not walked, which makes it about 1 ms.
    """
    for name in _LATE:
        importlib.import_module(name)
    for helper in sorted((_ROOT / "pages").glob("*/*.py")):
        if helper.name not in ("page.py", "__init__.py"):
            importlib.import_module(f"pages.{helper.parent.name}.{helper.stem}")
    read_data()
    # Streamlit asks for the call stack at the first cached call, 0.3 s while sources are read.
    inspect.stack()
    gc.collect()
    gc.freeze()


def start_up(read_data: Callable[[], None]) -> Callable[[object], AbstractAsyncContextManager]:
    """Return the lifespan of the server: prepare the process before it accepts connections.

    read_data : fills the caches of the loaders, so that the first visitor need not wait.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[dict]:
        keep_pages_folder_quiet()
        send_without_delay()
        warm_up(read_data)
        _log.info("ready")
        yield {}

    return lifespan
