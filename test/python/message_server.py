"""Takes messages and files in frames and answers each with "ok", or with "error" and the reason, which is the last.

    python3 message_server.py ADDRESS PORT FOLDER [HOW MANY CONNECTIONS]
"""

import os
import sys

import frame
from stream import Stream, serve

LARGEST = 16 * 1024 * 1024
folder = sys.argv[3]


def converse(stream: Stream) -> None:
    while (header := frame.read_header(stream)) is not None:
        kind, name, size = header["type"], header["name"], header["size"]
        if kind not in ("message", "file") or not 0 <= size <= LARGEST:
            stream.connection.sendall(frame.encode("error", "that is not what is taken here"))
            return
        # a name from the network must not lead out of the folder
        if kind == "file" and (name != os.path.basename(name) or name in ("", ".", "..")):
            stream.connection.sendall(frame.encode("error", "that is no name of a file"))
            return
        body = stream.exactly(size)
        if kind == "message":
            print(f"{name}: {body.decode('utf-8')}", flush=True)
        else:
            with open(os.path.join(folder, name), "xb") as file:  # x: nothing is overwritten
                file.write(body)
            print(f"{name}: {size} bytes", flush=True)
        stream.connection.sendall(frame.encode("ok", name))


count = int(sys.argv[4]) if len(sys.argv) > 4 else 1
serve(sys.argv[1], int(sys.argv[2]), converse, count)
