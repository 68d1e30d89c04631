"""Takes files whose size is announced first, and answers with their size and SHA-256.

    python3 upload_server.py ADDRESS PORT FOLDER [HOW MANY CONNECTIONS]
"""

import hashlib
import os
import sys

from stream import Stream, serve

LARGEST = 16 * 1024 * 1024
folder = sys.argv[3]


def converse(stream: Stream) -> None:
    while (head := stream.line()) is not None:
        size, _, name = head.partition(" ")
        # a name from the network must not lead out of the folder
        if not size.isdecimal() or int(size) > LARGEST or name != os.path.basename(name) or name in ("", ".", ".."):
            stream.say("ERROR that is no file for this folder")
            return
        content = stream.exactly(int(size))
        with open(os.path.join(folder, name), "xb") as file:  # x: nothing is overwritten
            file.write(content)
        stream.say(f"OK {len(content)} {hashlib.sha256(content).hexdigest()}")
        print(f"{name}: {len(content)} bytes", flush=True)


count = int(sys.argv[4]) if len(sys.argv) > 4 else 1
serve(sys.argv[1], int(sys.argv[2]), converse, count)
