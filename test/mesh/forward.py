"""A port of this host's loopback that leads to a port of a machine."""

import socket
import threading
from collections.abc import Callable


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copies what comes until it ends, then says so to the other side."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Forward:
    """Listens until it is closed. `connect` makes the connection for each that comes in; where it cannot, that one ends."""

    def __init__(self, port: int, connect: Callable[[], socket.socket]) -> None:
        self.connect = connect
        self.listener = socket.create_server(('127.0.0.1', port))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> 'Forward':
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near:
            try:
                far = self.connect()
            except (OSError, RuntimeError):
                return
            with far:
                far.settimeout(None)
                back = threading.Thread(target=pump, args=(far, near), daemon=True)
                back.start()
                pump(near, far)
                back.join()
