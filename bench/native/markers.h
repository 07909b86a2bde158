// Finds the markers of messages, or of answers to them, in what comes to a connection.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "input.h"

/** Finds the marked numbers of messages, or of answers, in incoming bytes. */
typedef struct {
  size_t listener;  // its number among the listeners
  bool is_sender, is_slow;
  char partial[MARKER_BYTES];  // the start of a marker whose end has not arrived
  size_t partial_bytes;
  uint64_t next;  // the expected next number
} ear;

/** Called with each number found. */
static void on_number(ear *of, uint64_t number, double at);

/** Returns false if the byte only looks like a mark, for example as part of a length. */
static bool on_marker(ear *of, const char *digits, double at) {
  uint64_t number = 0;
  for (size_t index = 0; index < NUMBER_DIGITS; index++) {
    if (digits[index] < '0' || digits[index] > '9') return false;
    number = number * 10 + (digits[index] - '0');
  }
  on_number(of, number, at);
  return true;
}

/** Continues a marker that started in earlier bytes. Returns the number of bytes that belong to it. */
static size_t scan_partial(ear *of, char mark, const char *bytes, size_t size, double at) {
  size_t used = 0;
  while (of->partial_bytes > 0) {
    while (of->partial_bytes < MARKER_BYTES && used < size) of->partial[of->partial_bytes++] = bytes[used++];
    if (of->partial_bytes < MARKER_BYTES) break;
    of->partial_bytes = 0;
    if (on_marker(of, of->partial + 1, at)) break;
    char *next = memchr(of->partial + 1, mark, MARKER_BYTES - 1);
    if (!next) break;
    of->partial_bytes = of->partial + MARKER_BYTES - next;
    memmove(of->partial, next, of->partial_bytes);
  }
  return used;
}

static void scan(ear *of, const char *bytes, size_t size, double at) {
  const char *end = bytes + size;
  char mark = of->is_sender ? ANSWER_MARK : MESSAGE_MARK;
  bytes += scan_partial(of, mark, bytes, size, at);
  for (;;) {
    bytes = memchr(bytes, mark, end - bytes);
    if (!bytes) return;
    if (end - bytes < MARKER_BYTES) {
      of->partial_bytes = end - bytes;
      memcpy(of->partial, bytes, of->partial_bytes);
      return;
    }
    bytes += on_marker(of, bytes + 1, at) ? MARKER_BYTES : 1;
  }
}
