"""What every program over TCP needs: TCP delivers bytes, not messages, and recv() gives whatever has come."""

import socket

PATIENCE = 10.0  # seconds that a peer may say nothing


class Stream:
    """A TCP connection that is read in lines and in portions of a known length."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.connection.settimeout(PATIENCE)
        self.buffer = b""

    def more(self) -> bool:
        """Waits for bytes; False when the peer has closed its direction."""
        piece = self.connection.recv(65536)
        self.buffer += piece
        return piece != b""

    def line(self):
        """The next line without its end; None when the peer has closed."""
        while b"\n" not in self.buffer:
            if len(self.buffer) > 1024:
                raise ValueError("a line without end")
            if not self.more():
                return None
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode("utf-8").rstrip("\r")

    def exactly(self, length: int):
        """So many bytes; None when the peer has closed before the first."""
        while len(self.buffer) < length:
            if not self.more():
                if self.buffer == b"":
                    return None
                raise ValueError(f"{len(self.buffer)} of {length} bytes came")
        portion, self.buffer = self.buffer[:length], self.buffer[length:]
        return portion

    def say(self, text: str) -> None:
        """A line of text."""
        self.connection.sendall(text.encode("utf-8") + b"\n")


def serve(address: str, port: int, converse, count: int) -> None:
    """Takes so many connections, one after the other."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.settimeout(PATIENCE)
        listener.bind((address, port))
        listener.listen()
        print(f"listening on {address}:{port}", flush=True)
        for _ in range(count):
            connection, peer = listener.accept()
            with connection:
                print(f"connection from {peer[0]}", flush=True)
                converse(Stream(connection))
