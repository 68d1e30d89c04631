"""Sends a message and files over one connection, each in a frame, and waits for the answer to each.

    python3 message_client.py ADDRESS PORT NAME TEXT [FILE...]
"""

import os
import socket
import sys

import frame
from stream import Stream

address, port, name, text = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]

frames = [("message", name, text.encode("utf-8"))]
for path in sys.argv[5:]:
    with open(path, "rb") as file:
        frames.append(("file", os.path.basename(path), file.read()))

with socket.create_connection((address, port), timeout=10) as connection:
    stream = Stream(connection)
    for kind, about, body in frames:
        connection.sendall(frame.encode(kind, about, body))
        answer = frame.read_header(stream)
        print(answer["type"], answer["name"])
        if answer["type"] != "ok":
            sys.exit(1)
