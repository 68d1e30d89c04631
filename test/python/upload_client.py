"""Sends files with their size in front and compares what the server says it has got.

    python3 upload_client.py ADDRESS PORT FILE...
"""

import hashlib
import os
import socket
import sys

from stream import Stream

address, port, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3:]

with socket.create_connection((address, port), timeout=10) as connection:
    stream = Stream(connection)
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        stream.say(f"{len(content)} {os.path.basename(path)}")
        connection.sendall(content)
        receipt = stream.line()
        print(receipt)
        if receipt != f"OK {len(content)} {hashlib.sha256(content).hexdigest()}":
            sys.exit("the server has got something else")
