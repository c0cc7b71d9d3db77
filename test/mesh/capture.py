"""What goes over the wires of a network while a context lasts."""

import socket
import threading

from network import Network

EVERY_PROTOCOL = 3
# The start of a TLS record that holds a handshake.
HANDSHAKE = b'\x16\x03'


class Capture:
    """The frames on every cable of the bridge, as bytes."""

    def __init__(self, network: Network) -> None:
        kind = socket.ntohs(EVERY_PROTOCOL)
        self.socket = network.call(socket.socket, socket.AF_PACKET, socket.SOCK_RAW, kind)
        self.socket.settimeout(0.1)
        self.frames: list[bytes] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._listen)

    def _listen(self) -> None:
        while True:
            try:
                self.frames.append(self.socket.recv(65536))
            except TimeoutError:
                if self.ended.is_set():
                    return

    def __enter__(self) -> 'Capture':
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        self.socket.close()

    def with_bytes(self, wanted: bytes) -> list[bytes]:
        return [frame for frame in self.frames if wanted in frame]
