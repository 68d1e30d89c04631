/* Sending and receiving as many datagrams as there can be, on a connected socket. */
#ifndef DATAGRAMS_H
#define DATAGRAMS_H

#include "common.h"
#include <netinet/udp.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { MANY = 64, LARGEST = 65536 };

/* @returns how many were taken, 0 when there are none */
static inline int receive_many(int fd) {
  static char bytes[MANY][2048];
  static struct iovec pieces[MANY];
  static struct mmsghdr messages[MANY];
  for (int i = 0; i < MANY; i++) {
    pieces[i] = (struct iovec){bytes[i], sizeof bytes[i]};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
  }
  int count = recvmmsg(fd, messages, MANY, MSG_DONTWAIT, NULL);
  return count < 0 ? 0 : count;
}

/* @param at_once when larger than `size`: the kernel cuts so many bytes into datagrams, see udp(7), UDP_SEGMENT */
static inline uint64_t send_many(int fd, double duration, int size, int at_once) {
  static char bytes[LARGEST];
  if (at_once > size) set(fd, IPPROTO_UDP, UDP_SEGMENT, size);
  uint64_t sent = 0;
  for (double began = seconds(); seconds() - began < duration;) {
    for (int i = 0; i < MANY; i++) {
      if (send(fd, bytes, at_once, 0) == at_once) sent += (at_once + size - 1) / size;
    }
  }
  return sent;
}

#endif
