/*
 * The lean server on the kernel's sockets, one thread and one epoll: over TCP echo on port 7, discard on 9, bytes without end on
 * 19 and a fixed HTTP answer on 8080; over UDP see udp-server.h. Prints "ready" when all of them listen.
 */
#include "common.h"
#include "udp-server.h"
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { EVENTS = 256, MOST_FILES = 1 << 20 };

/* What a file descriptor is there for. */
typedef void handler(int fd, uint32_t events);
static handler *handlers[MOST_FILES];
static int poll_fd;
static char block[256 * 1024];

static void watch(int fd, uint32_t events, handler *handle) {
  if (fd >= MOST_FILES) {
    close(fd);
    return;
  }
  handlers[fd] = handle;
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

/* True when the connection is over, closed by its peer or broken. */
static int is_over(ssize_t count) { return count == 0 || (count < 0 && errno != EAGAIN); }

static void echo(int fd, uint32_t events) {
  (void)events;
  ssize_t count = read(fd, block, sizeof block);
  if (is_over(count) || (count > 0 && write(fd, block, count) != count)) close(fd);
}

static void discard(int fd, uint32_t events) {
  (void)events;
  if (is_over(read(fd, block, sizeof block))) close(fd);
}

static void source(int fd, uint32_t events) {
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    close(fd); /* the client says nothing but that it has enough */
    return;
  }
  if (write(fd, block, sizeof block) < 0 && errno != EAGAIN) close(fd);
}

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 21\r\n\r\nHello from tapstack.\n";
enum { ANSWER = sizeof answer - 1, MOST_ANSWERS = 64 };
/* How many bytes of "\r\n\r\n" each connection has just said: a request may come in pieces. */
static unsigned char matched[MOST_FILES];

/* One answer for each end of a head: requests without a body are all that it is sent. */
static void http(int fd, uint32_t events) {
  (void)events;
  static char answers[MOST_ANSWERS * ANSWER];
  ssize_t count = read(fd, block, 4096);
  if (is_over(count)) {
    close(fd);
    return;
  }
  int requests = 0;
  for (ssize_t i = 0; i < count && requests < MOST_ANSWERS; i++) {
    matched[fd] = block[i] == "\r\n\r\n"[matched[fd]] ? matched[fd] + 1 : block[i] == '\r';
    if (matched[fd] < 4) continue;
    matched[fd] = 0;
    memcpy(answers + requests++ * ANSWER, answer, ANSWER);
  }
  if (requests > 0 && write(fd, answers, requests * ANSWER) < 0) close(fd);
}

static void accept_all(int listener, handler *handle, uint32_t events) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    no_delay(fd);
    if (fd < MOST_FILES) matched[fd] = 0;
    watch(fd, events, handle);
  }
}

static void accept_echo(int fd, uint32_t events) { (void)events, accept_all(fd, echo, EPOLLIN); }
static void accept_discard(int fd, uint32_t events) { (void)events, accept_all(fd, discard, EPOLLIN); }
static void accept_source(int fd, uint32_t events) { (void)events, accept_all(fd, source, EPOLLIN | EPOLLOUT); }
static void accept_http(int fd, uint32_t events) { (void)events, accept_all(fd, http, EPOLLIN); }

static void listen_on(int port, handler *handle) {
  struct sockaddr_in address = address_of("0.0.0.0", port);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("socket");
  set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 4096) < 0) fail("listen");
  watch(fd, EPOLLIN, handle);
}

static void datagrams(int fd, uint32_t events) { (void)events, take_datagrams(fd); }
static void question(int fd, uint32_t events) { (void)events, tell_count(fd); }
static void order(int fd, uint32_t events) { (void)events, send_as_ordered(fd); }

int main(void) {
  struct rlimit most = {MOST_FILES, MOST_FILES};
  setrlimit(RLIMIT_NOFILE, &most); /* where it is refused, what there is must do */
  prctl(PR_SET_PDEATHSIG, SIGTERM); /* not to outlive the benchmark, however that ends */
  signal(SIGPIPE, SIG_IGN);
  poll_fd = epoll_create1(0);
  listen_on(ECHO, accept_echo);
  listen_on(DISCARD, accept_discard);
  listen_on(SOURCE, accept_source);
  listen_on(HTTP, accept_http);
  watch(open_datagrams(DISCARD), EPOLLIN, datagrams);
  watch(open_datagrams(COUNT), EPOLLIN, question);
  watch(open_datagrams(SOURCE), EPOLLIN, order);
  puts("ready");
  fflush(stdout);
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(poll_fd, events, EVENTS, -1);
    for (int i = 0; i < count; i++) handlers[events[i].data.fd](events[i].data.fd, events[i].events);
  }
}
