/*
 * The server's datagrams: port 9 counts what comes, port 10 answers how many came since it was last asked, port 19 sends as it
 * is ordered. An order is three numbers of 32 bits: milliseconds, bytes of a datagram, bytes that one call hands over.
 */
#ifndef UDP_SERVER_H
#define UDP_SERVER_H

#include "common.h"
#include "datagrams.h"

static uint64_t arrived;

static int open_datagrams(int port) {
  struct sockaddr_in address = address_of("0.0.0.0", port);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("UDP port");
  set(fd, SOL_SOCKET, SO_RCVBUF, 4 << 20); /* as much as the system allows */
  return fd;
}

static void take_datagrams(int fd) {
  for (int count = receive_many(fd); count > 0; count = receive_many(fd)) arrived += count;
}

static void tell_count(int fd) {
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  char word;
  if (recvfrom(fd, &word, 1, 0, (struct sockaddr *)&from, &length) < 0) return;
  sendto(fd, &arrived, sizeof arrived, 0, (struct sockaddr *)&from, length);
  arrived = 0;
}

static void send_as_ordered(int fd) {
  struct sockaddr_in to;
  socklen_t length = sizeof to;
  uint32_t order[3];
  if (recvfrom(fd, order, sizeof order, 0, (struct sockaddr *)&to, &length) != sizeof order) return;
  int out = socket(AF_INET, SOCK_DGRAM, 0);
  if (out < 0) fail("socket");
  struct sockaddr_in from = address_of("0.0.0.0", SOURCE);
  set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  set(out, SOL_SOCKET, SO_REUSEADDR, 1);
  if (bind(out, (struct sockaddr *)&from, sizeof from) < 0) fail("bind");
  if (connect(out, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
  send_many(out, order[0] / 1e3, order[1], order[2]);
  close(out);
}

#endif
