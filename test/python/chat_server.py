"""A chat: greets, answers each line, says goodbye.

    python3 chat_server.py ADDRESS PORT [HOW MANY CONNECTIONS]
"""

import sys

from stream import Stream, serve


def converse(stream: Stream) -> None:
    stream.say("HELLO python")
    greeting = stream.line()
    if greeting is None or not greeting.startswith("HELLO "):
        stream.say("ERROR the first line is HELLO and a name")
        return
    name = greeting[len("HELLO "):]
    stream.say(f"WELCOME {name}")
    while (line := stream.line()) is not None and line != "BYE":
        print(f"{name}: {line}", flush=True)
        stream.say(f"python: {line.upper()}")
    stream.say(f"BYE {name}")


count = int(sys.argv[3]) if len(sys.argv) > 3 else 1
serve(sys.argv[1], int(sys.argv[2]), converse, count)
