/* What the benchmark's programs share: a clock, sockets, and one way to fail. */
#ifndef COMMON_H
#define COMMON_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What the servers offer; node-server.js adds 10000 to each. */
enum { ECHO = 7, DISCARD = 9, COUNT = 10, SOURCE = 19, HTTP = 8080 };

static inline _Noreturn void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

/* Monotonic, the clock of Node's process.hrtime(). */
static inline int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline double seconds(void) { return nanoseconds() / 1e9; }

static inline struct sockaddr_in address_of(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
    fprintf(stderr, "%s is not an IPv4 address\n", host);
    exit(2);
  }
  return address;
}

static inline void set(int fd, int level, int name, int value) {
  if (setsockopt(fd, level, name, &value, sizeof value) < 0) fail("setsockopt");
}

static inline void no_delay(int fd) { set(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

#endif
