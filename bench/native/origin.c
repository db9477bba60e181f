// A lean HTTP/1.1 origin: one thread, epoll, keep-alive, so that it costs a benchmark as little as possible.
//
//   origin PORT [PORT…]      listens on 127.0.0.1
//
// GET /128, /10k, /N  answers N bytes with a Content-Length;  /chunked/N  the same in chunks of 4 KB.
// Request bodies are read and dropped. Every answer has eight headers, as an application's would.
#include "framing.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FD 65536
#define IN_BYTES 16384
#define MAX_ANSWERS 64

struct answer {
  long size;
  int chunked;
  char *bytes;
  long length;
};

struct connection {
  long in_length;
  struct body body;          // of the request being read
  const struct answer *out;  // an answer the socket could not take whole
  long out_at;
  char in[IN_BYTES];
};

static struct connection *connections[MAX_FD];
static char listening[MAX_FD];
static struct answer answers[MAX_ANSWERS];
static int answer_count;
static int poller;

static void watch(int fd, unsigned events, int operation) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(poller, operation, fd, &event);
}

static const struct answer *make_answer(long size, int chunked) {
  if (answer_count == MAX_ANSWERS) return &answers[0];
  char *bytes = malloc(size + size / 4096 * 16 + 1024);
  long at = sprintf(bytes,
                    "HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
                    "Content-Type: application/json\r\nETag: \"7d4f-5e1a9c2b\"\r\nCache-Control: no-cache\r\n"
                    "X-Request-Id: 7b7d1f0e-1111-2222-3333-444455556666\r\nVary: Accept-Encoding\r\n");
  if (!chunked) {
    at += sprintf(bytes + at, "Content-Length: %ld\r\n\r\n", size);
    memset(bytes + at, 'x', size);
    at += size;
  } else {
    at += sprintf(bytes + at, "Transfer-Encoding: chunked\r\n\r\n");
    for (long left = size; left > 0;) {
      long n = left < 4096 ? left : 4096;
      at += sprintf(bytes + at, "%lx\r\n", n);
      memset(bytes + at, 'x', n);
      at += n;
      at += sprintf(bytes + at, "\r\n");
      left -= n;
    }
    at += sprintf(bytes + at, "0\r\n\r\n");
  }
  answers[answer_count] = (struct answer){size, chunked, bytes, at};
  return &answers[answer_count++];
}

static const struct answer *answer_for(const char *head) {
  const char *path = strchr(head, ' ');
  path = path ? path + 1 : "/128";
  int chunked = !strncmp(path, "/chunked/", 9);
  char *unit;
  long size = strtol(path + (chunked ? 9 : 1), &unit, 10);
  if (*unit == 'k') size *= 1024;
  for (int i = 0; i < answer_count; i++)
    if (answers[i].size == size && answers[i].chunked == chunked) return &answers[i];
  return make_answer(size, chunked);
}

static void serve(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 4096)) {
    perror("origin: bind");
    exit(1);
  }
  listening[fd] = 1;
  watch(fd, EPOLLIN, EPOLL_CTL_ADD);
}

static void accept_all(int listener) {
  int fd, one = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!connections[fd]) connections[fd] = malloc(sizeof(struct connection));
    connections[fd]->in_length = 0;
    connections[fd]->body.done = 1;
    connections[fd]->out = NULL;
    watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }
}

// Writes the rest of an answer; 0 if the socket is full.
static int flush(int fd, struct connection *c) {
  long n = write(fd, c->out->bytes + c->out_at, c->out->length - c->out_at);
  if (n > 0) c->out_at += n;
  if (c->out_at < c->out->length) return 0;
  c->out = NULL;
  return 1;
}

static void drop_input(struct connection *c, long count) {
  c->in_length -= count;
  memmove(c->in, c->in + count, c->in_length);
}

// Answers every whole request in the buffer, until the socket is full.
static void answer_all(int fd, struct connection *c) {
  for (;;) {
    if (!c->body.done) {
      drop_input(c, body_take(&c->body, c->in, c->in_length));
      if (!c->body.done) return;
    }
    char *end = memmem(c->in, c->in_length, "\r\n\r\n", 4);
    if (!end) return;
    *end = 0;
    c->body = body_of(c->in);
    c->out = answer_for(c->in);
    c->out_at = 0;
    drop_input(c, end + 4 - c->in);
    if (!flush(fd, c)) return watch(fd, EPOLLOUT, EPOLL_CTL_MOD);
  }
}

static void on_event(int fd) {
  struct connection *c = connections[fd];
  if (c->out) {
    if (!flush(fd, c)) {
      if (errno != EAGAIN && errno != EWOULDBLOCK) close(fd);
      return;
    }
    watch(fd, EPOLLIN, EPOLL_CTL_MOD);
  } else {
    long n = c->in_length < IN_BYTES ? read(fd, c->in + c->in_length, IN_BYTES - c->in_length) : 0;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      close(fd);
      return;
    }
    c->in_length += n;
  }
  answer_all(fd, c);
}

int main(int count, char **words) {
  poller = epoll_create1(0);
  for (int i = 1; i < count; i++) serve(atoi(words[i]));
  struct epoll_event events[256];
  for (;;) {
    int n = epoll_wait(poller, events, 256, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (listening[fd]) accept_all(fd);
      else on_event(fd);
    }
  }
}
