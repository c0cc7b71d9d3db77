"""A proxy of the network's router that knows names which the machines do not: it takes CONNECT, and leads to the router whatever the name."""

import contextlib
import http.server
import socket
import threading
from typing import Self

from network import ROUTER, Network

PORT = 3128
URL = f'http://{ROUTER}:{PORT}'


def pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Proxy:
    """A context manager. `asked` is what was asked for."""

    def __init__(self, network: Network) -> None:
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, _: str, *words: object) -> None:
                asked.append(' '.join(map(str, words)))

            def do_CONNECT(self) -> None:
                with network.call(socket.create_connection, (ROUTER, 443)) as target:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(target=pump, args=(target, self.connection), daemon=True)
                    back.start()
                    pump(self.connection, target)
                    back.join()
                self.close_connection = True

        self.server = http.server.ThreadingHTTPServer((ROUTER, PORT), Handler, bind_and_activate=False)
        self.server.socket.close()
        self.server.socket = network.call(socket.create_server, (ROUTER, PORT))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
