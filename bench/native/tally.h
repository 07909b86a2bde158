// Finds the markers in what comes, and keeps count of which message has reached how many listeners and how long
// that took.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "histogram.h"
#include "input.h"

/** What hears of messages, or of answers to them. */
typedef struct {
  bool is_sender, is_slow;
  char partial[MARKER_BYTES];  // the begin of a marker whose end has not come
  size_t partial_bytes;
  uint64_t next;  // the number that should come next
} ear;

static uint64_t first_number;
static double *sent_at;        // by the message's number, in seconds
static uint32_t *outstanding;  // how many listeners have not got it
static uint64_t sent, finished, answered, deliveries, disorder;
static uint64_t first_measured = UINT64_MAX, end_measured = UINT64_MAX;
static histogram delivery_times, last_times, answer_times;

static bool is_measured(uint64_t number) { return number >= first_measured && number < end_measured; }

static void on_delivery(ear *listener, uint64_t number, double at) {
  if (number >= sent) return;
  if (listener->is_slow) return;
  deliveries++;
  if (number != listener->next) disorder++;
  listener->next = number + 1;
  if (outstanding[number] == 0) return;
  bool is_last = --outstanding[number] == 0;
  if (is_last) finished++;
  if (!is_measured(number)) return;
  record(&delivery_times, at - sent_at[number]);
  if (is_last) record(&last_times, at - sent_at[number]);
}

static void on_answer(uint64_t number, double at) {
  if (number >= sent) return;
  answered++;
  if (is_measured(number)) record(&answer_times, at - sent_at[number]);
}

/** False when it is only a byte like a mark, of a length for example. */
static bool on_marker(ear *of, const char *digits, double at) {
  uint64_t number = 0;
  for (size_t index = 0; index < NUMBER_DIGITS; index++) {
    if (digits[index] < '0' || digits[index] > '9') return false;
    number = number * 10 + (digits[index] - '0');
  }
  if (number < first_number) return true;
  if (of->is_sender) on_answer(number - first_number, at);
  else on_delivery(of, number - first_number, at);
  return true;
}

/** Goes on with a marker whose begin came before. Returns how many of the bytes belonged to it. */
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
