"""A chat: says hello, sends the lines of standard input, prints each answer, says goodbye.

    python3 chat_client.py ADDRESS PORT NAME < lines
"""

import socket
import sys

from stream import Stream

address, port, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]

with socket.create_connection((address, port), timeout=10) as connection:
    stream = Stream(connection)
    print(stream.line())  # HELLO and the name of the server
    stream.say(f"HELLO {name}")
    print(stream.line())  # WELCOME, or ERROR and why not
    for line in sys.stdin:
        stream.say(line.rstrip("\n"))
        print(stream.line())
    stream.say("BYE")
    while (answer := stream.line()) is not None:
        print(answer)
