// What both load generators share: the clock, the pace of an open loop, and the latencies of a run.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#define TIMER UINT32_MAX
#define DRAIN_NS 2000000000LL  // how long answers may still come after the last request was due

static unsigned *latencies;
static long done, capacity;
static long bad;  // answered, but not as it should be; counted in `done` too

static inline long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// An answer that is complete at `t` to a request sent, or due, at `since`.
static inline void answered(long long since, long long t) {
  if (done == capacity) latencies = realloc(latencies, (capacity = capacity ? capacity * 2 : 1 << 16) * sizeof *latencies);
  latencies[done++] = (t - since) / 1000;
}

// Wakes `poller` ten times a millisecond, so that a request is sent within 0.1 ms of the moment it is due.
static inline int tick(int poller) {
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec every = {{0, 100000}, {0, 100000}};
  timerfd_settime(timer, 0, &every, NULL);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = TIMER};
  epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);
  return timer;
}

static int by_size(const void *a, const void *b) {
  unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
  return x < y ? -1 : x > y;
}

static inline unsigned quantile(double q) { return done ? latencies[(long)((done - 1) * q)] : 0; }

// One JSON object; `expected` requests should have been answered, latencies in microseconds.
static inline void report(long expected, double elapsed) {
  qsort(latencies, done, sizeof *latencies, by_size);
  printf("{\"requests\":%ld,\"failed\":%ld,\"perSecond\":%.0f,\"p50\":%u,\"p99\":%u,\"p999\":%u,\"max\":%u}\n", done,
         bad + expected - done, done / elapsed, quantile(.5), quantile(.99), quantile(.999), quantile(1));
}
