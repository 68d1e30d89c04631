"""Sends every datagram back to whoever sent it.

    python3 udp_echo_server.py ADDRESS PORT [HOW MANY DATAGRAMS]
"""

import socket
import sys

count = int(sys.argv[3]) if len(sys.argv) > 3 else 1

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(10.0)
    sock.bind((sys.argv[1], int(sys.argv[2])))
    print(f"listening on {sys.argv[1]}:{sys.argv[2]}", flush=True)
    for _ in range(count):
        datagram, peer = sock.recvfrom(65536)
        sock.sendto(datagram, peer)
