/*
 * A client on the kernel's UDP: udp-client send|receive ADDRESS BASE_PORT SECONDS SIZE [BYTES_AT_ONCE]
 * Prints two numbers, datagrams a second that arrived and that were sent; for `receive` only the first is known.
 */
#include "common.h"
#include "datagrams.h"
#include <sys/time.h>

static int open_socket(const char *host, int port) {
  struct sockaddr_in address = address_of(host, port);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("UDP socket");
  struct timeval patience = {.tv_usec = 200000};
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) fail("setsockopt");
  return fd;
}

/* How many have arrived since this was last asked. A question or an answer may be lost: `arrived` is the first one's then. */
static uint64_t ask_count(const char *host, int port) {
  int fd = open_socket(host, port);
  uint64_t count;
  for (int tries = 0; tries < 20; tries++) {
    send(fd, "?", 1, 0);
    if (recv(fd, &count, sizeof count, 0) != sizeof count) continue;
    close(fd);
    return count;
  }
  fprintf(stderr, "udp-client: nobody tells how many datagrams arrived\n");
  exit(1);
}

static void send_datagrams(const char *host, int base, double duration, int size, int at_once) {
  ask_count(host, base + COUNT);
  int fd = open_socket(host, base + DISCARD);
  double began = seconds();
  uint64_t sent = send_many(fd, duration, size, at_once);
  double took = seconds() - began;
  usleep(20000); /* what is on its way arrives */
  printf("%.0f %.0f\n", ask_count(host, base + COUNT) / took, sent / took);
}

static void receive_datagrams(const char *host, int base, double duration, int size, int at_once) {
  int fd = open_socket(host, base + SOURCE);
  set(fd, SOL_SOCKET, SO_RCVBUF, 4 << 20);
  uint32_t order[3] = {duration * 1e3, size, at_once};
  char first[LARGEST];
  if (send(fd, order, sizeof order, 0) < 0 || recv(fd, first, sizeof first, 0) < 0) fail("order");
  double began = seconds(), received = 0;
  /* asked for without waiting: a sleeping client would measure how fast it wakes */
  while (seconds() - began < duration) received += receive_many(fd);
  printf("%.0f\n", received / (seconds() - began));
  usleep(50000); /* the source's time ends a moment later than ours */
}

int main(int count, char **words) {
  if (count < 6) {
    fprintf(stderr, "usage: udp-client send|receive ADDRESS BASE_PORT SECONDS SIZE [BYTES_AT_ONCE]\n");
    return 2;
  }
  int base = atoi(words[3]), size = atoi(words[5]), at_once = count > 6 ? atoi(words[6]) : size;
  if (size < 1 || size > 1472 || at_once < size || at_once > 65507) {
    fprintf(stderr, "udp-client: datagrams have 1 to 1472 bytes, and at once go at most 65507\n");
    return 2;
  }
  if (strcmp(words[1], "send") == 0) send_datagrams(words[2], base, atof(words[4]), size, at_once);
  else receive_datagrams(words[2], base, atof(words[4]), size, at_once);
  return 0;
}
