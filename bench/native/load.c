// HTTP/1.1 load generator: one thread, epoll, keep-alive connections, GET.
//
//   load HOST PORT PATH CONNECTIONS RATE SECONDS HEADERS
//
// RATE 0: closed loop, every connection sends as soon as it has its answer. RATE > 0: requests a second at constant
// intervals, sent by whichever connection is free; latency counts from the moment a request was due, so a proxy that
// stalls is charged for every request that had to wait (no coordinated omission).
// HEADERS: a file of `Name: value` lines sent with every request. Prints one JSON object, latencies in microseconds.
#include "framing.h"
#include "samples.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_BYTES 16384
#define READ_BYTES 65536

struct connection {
  int fd;
  int busy;
  int in_body;
  long head_length;
  long long since;
  struct body body;
  char head[HEAD_BYTES + 1];
};

static struct connection *connections;
static unsigned *idle;
static long idle_count;
static long lost, sent;  // lost: the connection gone before the answer
static char request[HEAD_BYTES];
static long request_length;
static int poller;

static void make_request(const char *host, const char *port, const char *path, const char *file) {
  request_length = sprintf(request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n", path, host, port);
  FILE *lines = fopen(file, "r");
  char line[1024];
  while (lines && fgets(line, sizeof line, lines)) {
    line[strcspn(line, "\r\n")] = 0;
    // A Host line of the file replaces the address: the proxies route by it.
    if (!strncasecmp(line, "host:", 5)) request_length = sprintf(request, "GET %s HTTP/1.1\r\n", path);
    if (*line) request_length += sprintf(request + request_length, "%s\r\n", line);
  }
  request_length += sprintf(request + request_length, "\r\n");
}

static void dial(unsigned i, const char *host, int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_aton(host, &at.sin_addr);
  if (connect(fd, (struct sockaddr *)&at, sizeof at)) {
    perror("load: connect");
    exit(1);
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connections[i].fd = fd;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
  epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

static void drop(struct connection *c) {
  if (c->busy) lost++;
  c->busy = 0;
  close(c->fd);
}

static void start(unsigned i, long long since) {
  struct connection *c = &connections[i];
  c->busy = 1;
  c->in_body = 0;
  c->head_length = 0;
  c->since = since;
  sent++;
  if (send(c->fd, request, request_length, MSG_NOSIGNAL) != request_length) drop(c);
}

// Takes what was read; 1 once the answer is complete.
static int take(struct connection *c, const char *bytes, long count) {
  if (!c->in_body) {
    long room = HEAD_BYTES - c->head_length, old = c->head_length;
    long n = count < room ? count : room;
    memcpy(c->head + old, bytes, n);
    c->head_length += n;
    char *end = memmem(c->head, c->head_length, "\r\n\r\n", 4);
    if (!end) return 0;
    *end = 0;
    if (strncmp(c->head + 9, "200", 3)) bad++;
    c->body = body_of(c->head);
    c->in_body = 1;
    long used = end + 4 - c->head - old;
    bytes += used;
    count -= used;
  }
  body_take(&c->body, bytes, count);
  return c->body.done;
}

static void on_readable(unsigned i, long long end, int closed_loop) {
  static char buffer[READ_BYTES];
  struct connection *c = &connections[i];
  long n = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0 || !c->busy) return drop(c);
  if (!take(c, buffer, n)) return;
  long long t = now();
  answered(c->since, t);
  c->busy = 0;
  if (!closed_loop) idle[idle_count++] = i;
  else if (t < end) start(i, t);
}

int main(int argc, char **argv) {
  if (argc != 8) {
    fprintf(stderr, "usage: load HOST PORT PATH CONNECTIONS RATE SECONDS HEADERS\n");
    return 64;
  }
  long count = atol(argv[4]);
  double rate = atof(argv[5]), seconds = atof(argv[6]);
  int closed_loop = rate == 0;
  make_request(argv[1], argv[2], argv[3], argv[7]);
  poller = epoll_create1(0);
  connections = calloc(count, sizeof *connections);
  idle = malloc(count * sizeof *idle);
  for (long i = 0; i < count; i++) dial(i, argv[1], atoi(argv[2]));

  long long begin = now(), end = begin + (long long)(seconds * 1e9);
  long total = closed_loop ? 0 : (long)(rate * seconds);
  int timer = closed_loop ? -1 : tick(poller);
  for (long i = 0; i < count; i++) {
    if (closed_loop) start(i, now());
    else idle[idle_count++] = i;
  }
  struct epoll_event events[512];
  for (;;) {
    long long t = now();
    if (t > end + DRAIN_NS) break;
    if (closed_loop ? t > end && done + lost >= sent : done + lost >= total) break;
    while (!closed_loop && sent < total && idle_count > 0) {
      long long due = begin + (long long)(sent * 1e9 / rate);
      if (due > t) break;
      start(idle[--idle_count], due);
    }
    int n = epoll_wait(poller, events, 512, 50);
    for (int i = 0; i < n; i++) {
      uint64_t ticks;
      if (events[i].data.u32 != TIMER) on_readable(events[i].data.u32, end, closed_loop);
      else if (read(timer, &ticks, sizeof ticks) < 0) continue;
    }
  }
  report(closed_loop ? sent : total, (now() - begin) / 1e9);
}
