// HTTP/2 load generator, by prior knowledge in the clear: one thread, epoll, libnghttp2.
//
//   load-h2 HOST PORT PATH CONNECTIONS STREAMS RATE SECONDS HEADERS [MESSAGE]
//
// RATE 0: closed loop, every connection keeps STREAMS requests in flight. RATE > 0: requests a second at constant
// intervals, each sent by the connection whose turn it is; latency counts from the moment a request was due.
// HEADERS: a file of `name: value` lines sent with every request. Without MESSAGE requests are GET and 200 is success.
// With it they are unary gRPC calls with a message of so many bytes, and success is 200 with `grpc-status: 0` in the
// trailers. Prints one JSON object, latencies in microseconds.
#define _GNU_SOURCE
#include "samples.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <string.h>
#include <unistd.h>

#define MAX_FIELDS 64
#define WRITE_BYTES 65536
#define WINDOW ((1 << 30) - 1)

struct connection {
  int fd;
  nghttp2_session *session;
  long streams;     // most at a time
  long in_flight;
  int wants_write;  // something was submitted since the last write
};

struct call {
  long long since;
  int ok, status_ok;
  size_t sent;      // bytes of the message
  struct call *next_free;
};

static struct connection *connections;
static struct call *free_calls;
static nghttp2_nv fields[MAX_FIELDS];
static size_t field_count;
static uint8_t message[1 << 20];
static size_t message_length;
static long sent, lost;
static int poller, closed_loop;
static long long end;

static void add_field(char *name, char *value) {
  if (field_count == MAX_FIELDS) {
    fprintf(stderr, "load-h2: more than %d headers\n", MAX_FIELDS);
    exit(1);
  }
  fields[field_count++] = (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                                       NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

static void make_request(char *path, const char *file) {
  static char authority[256] = "bench";
  add_field(":method", message_length ? "POST" : "GET");
  add_field(":scheme", "http");
  add_field(":path", path);
  add_field(":authority", authority);
  FILE *lines = fopen(file, "r");
  char line[1024];
  while (lines && fgets(line, sizeof line, lines)) {
    line[strcspn(line, "\r\n")] = 0;
    char *value = strstr(line, ": ");
    if (!value) continue;
    *value = 0;
    for (char *c = line; *c; c++) *c |= *c >= 'A' && *c <= 'Z' ? 32 : 0;
    if (!strcmp(line, "host")) snprintf(authority, sizeof authority, "%s", value + 2);
    else add_field(strdup(line), strdup(value + 2));
  }
  fields[3].valuelen = strlen(authority);
}

static ssize_t read_message(nghttp2_session *session, int32_t id, uint8_t *buffer, size_t room, uint32_t *flags,
                            nghttp2_data_source *source, void *user) {
  struct call *call = source->ptr;
  size_t left = message_length - call->sent, n = left < room ? left : room;
  memcpy(buffer, message + call->sent, n);
  call->sent += n;
  if (call->sent == message_length) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return n;
}

static void start(struct connection *c, long long since) {
  struct call *call = free_calls;
  if (call) free_calls = call->next_free;
  else call = malloc(sizeof *call);
  *call = (struct call){.since = since};
  nghttp2_data_provider body = {{.ptr = call}, read_message};
  sent++;
  c->in_flight++;
  c->wants_write = 1;
  if (nghttp2_submit_request(c->session, NULL, fields, field_count, message_length ? &body : NULL, call) < 0) {
    fprintf(stderr, "load-h2: cannot submit\n");
    exit(1);
  }
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_length,
                     const uint8_t *value, size_t value_length, uint8_t flags, void *user) {
  struct call *call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (!call) return 0;
  if (name_length == 7 && !memcmp(name, ":status", 7)) call->status_ok = value_length == 3 && !memcmp(value, "200", 3);
  if (name_length == 11 && !memcmp(name, "grpc-status", 11)) call->ok = value_length == 1 && *value == '0';
  return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error, void *user) {
  struct connection *c = user;
  struct call *call = nghttp2_session_get_stream_user_data(session, id);
  if (!call) return 0;
  long long t = now();
  if (error || !call->status_ok || (message_length && !call->ok)) bad++;
  answered(call->since, t);
  call->next_free = free_calls;
  free_calls = call;
  c->in_flight--;
  if (closed_loop && t < end) start(c, t);
  return 0;
}

static void drop(struct connection *c) {
  lost += c->in_flight;
  c->in_flight = 0;
  c->wants_write = 0;
  close(c->fd);
  c->fd = -1;
}

static int send_all(int fd, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t n = send(fd, bytes, count, MSG_NOSIGNAL);
    if (n < 0) return -1;
    bytes += n;
    count -= n;
  }
  return 0;
}

// Everything there is to write, in as few writes as fit.
static void flush(struct connection *c) {
  static uint8_t buffer[WRITE_BYTES];
  size_t length = 0;
  const uint8_t *piece;
  ssize_t n;
  c->wants_write = 0;
  while ((n = nghttp2_session_mem_send(c->session, &piece)) > 0) {
    if (length + n > WRITE_BYTES) {
      if (send_all(c->fd, buffer, length)) return drop(c);
      length = 0;
    }
    memcpy(buffer + length, piece, n);
    length += n;
  }
  if (n < 0 || send_all(c->fd, buffer, length)) drop(c);
}

static void on_readable(struct connection *c) {
  static uint8_t buffer[WRITE_BYTES];
  if (c->fd < 0) return;
  ssize_t n = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0 || nghttp2_session_mem_recv(c->session, buffer, n) != n) return drop(c);
  flush(c);
}

static void dial(struct connection *c, unsigned index, const char *host, int port, nghttp2_session_callbacks *callbacks) {
  int one = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_aton(host, &at.sin_addr);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(c->fd, (struct sockaddr *)&at, sizeof at)) {
    perror("load-h2: connect");
    exit(1);
  }
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  nghttp2_session_client_new(&c->session, callbacks, c);
  nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW}};
  nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 2);
  nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE, 0, WINDOW);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
}

// The next connection, in turns, that may start another stream.
static struct connection *next_free(long count) {
  static long turn;
  for (long i = 0; i < count; i++) {
    struct connection *c = &connections[turn++ % count];
    if (c->fd >= 0 && c->in_flight < c->streams) return c;
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 9 && argc != 10) {
    fprintf(stderr, "usage: load-h2 HOST PORT PATH CONNECTIONS STREAMS RATE SECONDS HEADERS [MESSAGE]\n");
    return 64;
  }
  long count = atol(argv[4]), streams = atol(argv[5]);
  double rate = atof(argv[6]), seconds = atof(argv[7]);
  if (argc == 10) {
    uint32_t bytes = atol(argv[9]), big_endian = htonl(bytes);
    memcpy(message + 1, &big_endian, 4); // a gRPC message: not compressed, its length, its bytes
    memset(message + 5, 'x', bytes);
    message_length = bytes + 5;
  }
  closed_loop = rate == 0;
  make_request(argv[3], argv[8]);
  poller = epoll_create1(0);
  nghttp2_session_callbacks *callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  connections = calloc(count, sizeof *connections);
  for (long i = 0; i < count; i++) dial(&connections[i], i, argv[1], atoi(argv[2]), callbacks);

  long long begin = now();
  end = begin + (long long)(seconds * 1e9);
  long total = closed_loop ? 0 : (long)(rate * seconds);
  int timer = closed_loop ? -1 : tick(poller);
  for (long i = 0; i < count; i++) {
    connections[i].streams = streams;
    for (long s = 0; closed_loop && s < streams; s++) start(&connections[i], now());
    flush(&connections[i]);
  }
  struct epoll_event events[512];
  for (;;) {
    long long t = now();
    if (t > end + DRAIN_NS) break;
    if (closed_loop ? t > end && done + lost >= sent : done + lost >= total) break;
    while (!closed_loop && sent < total) {
      long long due = begin + (long long)(sent * 1e9 / rate);
      struct connection *c = due > t ? NULL : next_free(count);
      if (!c) break;
      start(c, due);
    }
    for (long i = 0; !closed_loop && i < count; i++)
      if (connections[i].wants_write) flush(&connections[i]);
    int n = epoll_wait(poller, events, 512, 50);
    for (int i = 0; i < n; i++) {
      uint64_t ticks;
      if (events[i].data.u32 != TIMER) on_readable(&connections[events[i].data.u32]);
      else if (read(timer, &ticks, sizeof ticks) < 0) continue;
    }
  }
  report(closed_loop ? sent : total, (now() - begin) / 1e9);
}
