"""Sends a datagram and waits for the same to come back. UDP promises nothing: who hears nothing asks again.

    python3 udp_echo_client.py ADDRESS PORT TEXT
"""

import socket
import sys

address, port, text = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode("utf-8")

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(1.0)
    sock.connect((address, port))  # no packet: only the peer is fixed
    for attempt in range(1, 4):
        sock.send(text)
        try:
            answer = sock.recv(65536)
        except socket.timeout:
            continue
        if answer == text:
            print(f"{len(answer)} bytes back at try {attempt}")
            sys.exit(0)
sys.exit("no answer")
