"""Frames in a TCP stream: 4 bytes of length, big endian, then so many bytes of JSON, then the body that the JSON announces."""

import json
import struct

from stream import Stream

LONGEST_HEADER = 4096


def encode(kind: str, name: str, body: bytes = b"") -> bytes:
    header = json.dumps({"type": kind, "name": name, "size": len(body)}).encode("utf-8")
    return struct.pack("!I", len(header)) + header + body


def read_header(stream: Stream):
    """What the next frame is; None when the peer has closed between two frames."""
    prefix = stream.exactly(4)
    if prefix is None:
        return None
    (length,) = struct.unpack("!I", prefix)
    if length > LONGEST_HEADER:
        raise ValueError(f"a header of {length} bytes")
    return json.loads(stream.exactly(length))
