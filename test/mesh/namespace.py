"""A network namespace seen from this process: connections are made and packets are heard there, from threads of ours."""

import ctypes
import http.client
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar('T')
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Answer:
    """Of an HTTP server."""

    status: int
    text: str


class Connection(http.client.HTTPConnection):
    """One whose socket is made in a namespace."""

    def __init__(self, namespace: 'Namespace', host: str, port: int, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self.namespace = namespace

    def connect(self) -> None:
        self.sock = self.namespace.connect(self.host, self.port, self.timeout)


class Namespace:
    """The namespace of a process; it lasts as long as this is open."""

    def __init__(self, process: int) -> None:
        self.file = os.open(f'/proc/{process}/ns/net', os.O_RDONLY | os.O_CLOEXEC)
        self.threads = ThreadPoolExecutor(4, initializer=self._enter)

    def _enter(self) -> None:
        if LIBC.setns(self.file, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), 'setns')

    def close(self) -> None:
        self.threads.shutdown()
        os.close(self.file)

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """What a function returns there; a socket that it makes belongs to the namespace wherever it is used then."""
        return self.threads.submit(function, *arguments).result()

    def connect(self, host: str, port: int, timeout: float = 5) -> socket.socket:
        return self.call(socket.create_connection, (host, port), timeout)

    def get(self, url: str, timeout: float = 5, method: str = 'GET', body: bytes | None = None) -> Answer:
        """One request. Raises OSError when there is no answer; every status is an answer."""
        parts = urlsplit(url)
        connection = Connection(self, parts.hostname, parts.port or 80, timeout)
        try:
            connection.request(method, (parts.path or '/') + ('?' + parts.query if parts.query else ''), body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(errors='replace'))
        except http.client.HTTPException as error:
            raise ConnectionError(f'{url}: {error!r}') from error
        finally:
            connection.close()
