/*
 * A client on the kernel's TCP: tcp-client send|receive|request|connect ADDRESS PORT SECONDS [AT_ONCE]
 * Prints one number: bits a second for `send` and `receive`, exchanges a second for the others.
 */
#include "common.h"
#include <sys/epoll.h>

static struct sockaddr_in peer;

static int open_connection(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) fail("socket");
  no_delay(fd);
  if (connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0) fail("connect");
  return fd;
}

static char block[256 * 1024];

/* Writes until the time is over; what counts is over when the peer, who has read all of it, closes too. */
static double send_bulk(double duration, int at_once) {
  (void)at_once;
  int fd = open_connection();
  double began = seconds(), sent = 0;
  while (seconds() - began < duration) {
    ssize_t count = write(fd, block, sizeof block);
    if (count < 0) fail("write");
    sent += count;
  }
  shutdown(fd, SHUT_WR);
  while (read(fd, block, sizeof block) > 0) {
  }
  double took = seconds() - began;
  close(fd);
  return sent * 8 / took;
}

static double receive_bulk(double duration, int at_once) {
  (void)at_once;
  int fd = open_connection();
  double began = seconds(), received = 0;
  while (seconds() - began < duration) {
    ssize_t count = read(fd, block, sizeof block);
    if (count <= 0) fail("read");
    received += count;
  }
  double took = seconds() - began;
  close(fd);
  return received * 8 / took;
}

/* A byte there and back, one after the other on one connection. */
static double exchange_bytes(double duration, int at_once) {
  (void)at_once;
  int fd = open_connection();
  char byte = 'x';
  double began = seconds(), exchanges = 0;
  for (; seconds() - began < duration; exchanges++) {
    if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1) fail("exchange");
  }
  double took = seconds() - began;
  close(fd);
  return exchanges / took;
}

/* Begins a connection; epoll tells of it when it stands, and again when its echo is there. */
static void begin_connection(int poll) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("socket");
  no_delay(fd);
  if (connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0 && errno != EINPROGRESS) fail("connect");
  struct epoll_event event = {.events = EPOLLOUT, .data.fd = fd};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

static void send_byte(int poll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (write(fd, "x", 1) != 1) fail("connection");
  if (epoll_ctl(poll, EPOLL_CTL_MOD, fd, &event) < 0) fail("epoll_ctl");
}

/* The client closes first, so it is the one that waits in TIME-WAIT. */
static void take_echo(int fd) {
  char byte;
  if (read(fd, &byte, 1) != 1) fail("echo");
  close(fd);
}

/* Connect, a byte there and back, close: always `at_once` of them under way. */
static double connect_and_close(double duration, int at_once) {
  int poll = epoll_create1(0);
  struct epoll_event events[64];
  double began = seconds(), done = 0;
  for (int i = 0; i < at_once; i++) begin_connection(poll);
  while (seconds() - began < duration) {
    int count = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (events[i].events & EPOLLOUT) {
        send_byte(poll, fd);
      } else {
        take_echo(fd);
        done++;
        begin_connection(poll);
      }
    }
  }
  return done / (seconds() - began);
}

static const struct {
  const char *name;
  double (*run)(double duration, int at_once);
} kinds[] = {{"send", send_bulk}, {"receive", receive_bulk}, {"request", exchange_bytes}, {"connect", connect_and_close}};

int main(int count, char **words) {
  if (count < 5) {
    fprintf(stderr, "usage: tcp-client send|receive|request|connect ADDRESS PORT SECONDS [AT_ONCE]\n");
    return 2;
  }
  peer = address_of(words[2], atoi(words[3]));
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(words[1], kinds[i].name)) continue;
    printf("%.3f\n", kinds[i].run(atof(words[4]), count > 5 ? atoi(words[5]) : 1));
    return 0;
  }
  fprintf(stderr, "tcp-client: there is no kind %s\n", words[1]);
  return 2;
}
