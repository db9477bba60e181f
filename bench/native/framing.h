// How much of a byte stream belongs to one HTTP/1.1 message body (RFC 9112 section 6). Shared by origin and load generator.
#pragma once
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

enum body_kind { BODY_LENGTH, BODY_CHUNKED };
enum chunk_state { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END, TRAILER_START, TRAILER_LINE };

struct body {
  enum body_kind kind;
  enum chunk_state state;
  long left; // bytes of the body, or of the chunk, still to come
  int done;
};

// The value of a header inside a head that ends in NUL, or NULL. `name` with its leading "\r\n" and colon.
static inline const char *header(const char *head, const char *name) {
  const char *at = strcasestr(head, name);
  if (!at) return NULL;
  at += strlen(name);
  while (*at == ' ') at++;
  return at;
}

static inline struct body body_of(const char *head) {
  const char *length = header(head, "\r\ncontent-length:");
  if (length) {
    long n = atol(length);
    return (struct body){BODY_LENGTH, CHUNK_SIZE, n, n == 0};
  }
  if (header(head, "\r\ntransfer-encoding:")) return (struct body){BODY_CHUNKED, CHUNK_SIZE, 0, 0};
  return (struct body){BODY_LENGTH, CHUNK_SIZE, 0, 1};
}

static inline int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 32;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// One byte of chunked framing that is not chunk data.
static inline void body_step(struct body *b, char c) {
  switch (b->state) {
    case CHUNK_SIZE: {
      int digit = hex(c);
      if (digit >= 0) b->left = b->left * 16 + digit;
      else if (c == '\n') b->state = b->left ? CHUNK_DATA : TRAILER_START;
      else if (c != '\r') b->state = CHUNK_EXTENSION;
      break;
    }
    case CHUNK_EXTENSION:
      if (c == '\n') b->state = b->left ? CHUNK_DATA : TRAILER_START;
      break;
    case CHUNK_END:
      if (c == '\n') b->state = CHUNK_SIZE;
      break;
    case TRAILER_START:
      if (c == '\n') b->done = 1;
      else if (c != '\r') b->state = TRAILER_LINE;
      break;
    case TRAILER_LINE:
      if (c == '\n') b->state = TRAILER_START;
      break;
    case CHUNK_DATA:
      break;
  }
}

// Takes bytes that belong to the body; gives how many it took. `b->done` once the body has ended.
static inline long body_take(struct body *b, const char *bytes, long count) {
  long at = 0;
  while (at < count && !b->done) {
    if (b->kind == BODY_LENGTH || b->state == CHUNK_DATA) {
      long n = count - at < b->left ? count - at : b->left;
      at += n;
      b->left -= n;
      if (b->left > 0) break;
      if (b->kind == BODY_LENGTH) b->done = 1;
      else b->state = CHUNK_END;
    } else {
      body_step(b, bytes[at++]);
    }
  }
  return at;
}
