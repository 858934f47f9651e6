"""Refuse and record every name lookup that is not this machine's own.

Stands in for a closed network: a server that resolves a foreign name there hangs for all.
"""

import os
import socket

_LOOKUPS = os.environ.get("DENIED_LOOKUPS", "")
_OWN = {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", b"127.0.0.1", socket.gethostname()}
_resolve = socket.getaddrinfo
_connect = socket.socket.connect


def _note(host: object) -> None:
    with open(_LOOKUPS, "a", encoding="utf-8") as file:  # noqa: PTH123 — runs at interpreter start
        file.write(f"{host}\n")


def _getaddrinfo(host, *arguments, **options):
    if host not in _OWN:
        _note(host)
        raise socket.gaierror(socket.EAI_NONAME, "denied by the test")
    return _resolve(host, *arguments, **options)


def _connect_near(self, address):
    if isinstance(address, tuple) and address[0] not in _OWN:
        _note(address[0])
        raise OSError("denied by the test")
    return _connect(self, address)


if _LOOKUPS:
    socket.getaddrinfo = _getaddrinfo
    socket.socket.connect = _connect_near
