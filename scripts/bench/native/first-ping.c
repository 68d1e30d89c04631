/*
 * When an address is first there: first-ping ADDRESS SECONDS
 * Sends an echo request every half millisecond, also while there is no route yet, and prints the clock's nanoseconds (monotonic)
 * at the first answer.
 */
#include "common.h"
#include <netinet/ip_icmp.h>
#include <poll.h>

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: first-ping ADDRESS SECONDS\n");
    return 2;
  }
  struct sockaddr_in to = address_of(words[1], 0);
  int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  if (fd < 0) fail("raw socket");
  struct icmphdr request = {.type = ICMP_ECHO, .un.echo.id = htons(1)};
  request.checksum = ~(htons(ICMP_ECHO << 8) + request.un.echo.id); /* of the header: all else is 0 */
  double end = seconds() + atof(words[2]);
  while (seconds() < end) {
    sendto(fd, &request, sizeof request, 0, (struct sockaddr *)&to, sizeof to);
    struct pollfd waits = {.fd = fd, .events = POLLIN};
    struct timespec half = {.tv_nsec = 500000};
    if (ppoll(&waits, 1, &half, NULL) < 1) continue;
    int64_t now = nanoseconds();
    char bytes[256];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    if (recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &length) < 28) continue;
    if (from.sin_addr.s_addr != to.sin_addr.s_addr || bytes[(bytes[0] & 15) * 4] != ICMP_ECHOREPLY) continue;
    printf("%lld\n", (long long)now);
    return 0;
  }
  fprintf(stderr, "first-ping: %s never answered\n", words[1]);
  return 1;
}
