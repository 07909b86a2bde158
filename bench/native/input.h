// What is to be done: lines of a word and its values on standard input; bytes are in hexadecimal, "-" is none.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MARK = '~', ANSWER_MARK = '^', NUMBER_DIGITS = 12, MARKER_BYTES = 13 };
enum { MAX_STEPS = 4, MAX_VARIANTS = 64, MAX_PLACES = 8, MAX_LINE = 1 << 16 };

typedef struct {
  char *bytes;
  size_t size, room;
} buffer;

/** Sends, then waits for an answer with those bytes in it; for any answer when there are none. */
typedef struct {
  buffer send, wait;
  size_t counted_bytes;  // of `send`, what the server's window counts
} step;

typedef struct {
  step steps[MAX_STEPS];
  size_t step_count;
} variant;

typedef struct {
  int port;
  bool is_http2, has_sender, has_answers;
  size_t listeners, slow, window, most;
  double slow_bytes_per_second, rate, open_seconds, warm_up_seconds, measure_seconds, drain_seconds;
  uint64_t first;  // the first message's number
  variant variants[MAX_VARIANTS], sender, slow_variant;
  size_t variant_count;
  buffer message;
  size_t message_counted_bytes, places[MAX_PLACES], place_count;
} input;

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void append(buffer *to, const char *bytes, size_t size) {
  if (to->size + size > to->room) {
    to->room = 2 * (to->size + size);
    to->bytes = realloc(to->bytes, to->room);
  }
  if (size > 0) memcpy(to->bytes + to->size, bytes, size);
  to->size += size;
}

static buffer read_hex(const char *text) {
  buffer bytes = {0};
  for (unsigned int byte; sscanf(text, "%2x", &byte) == 1; text += 2) append(&bytes, (char[]){byte}, 1);
  return bytes;
}

static void add_step(variant *to, const char *send, const char *wait, size_t counted_bytes) {
  if (to->step_count == MAX_STEPS) fail("too many steps");
  to->steps[to->step_count++] = (step){read_hex(send), read_hex(wait), counted_bytes};
}

static void find_places(input *to) {
  static const char place[] = "000000000000";
  for (size_t at = 0; at + NUMBER_DIGITS <= to->message.size; at++) {
    if (memcmp(to->message.bytes + at, place, NUMBER_DIGITS) != 0) continue;
    if (to->place_count == MAX_PLACES) fail("too many places for a number");
    to->places[to->place_count++] = at;
    at += NUMBER_DIGITS - 1;
  }
}

static void write_number(input *to, uint64_t number) {
  for (size_t place = 0; place < to->place_count; place++) {
    uint64_t rest = number;
    for (int digit = NUMBER_DIGITS - 1; digit >= 0; digit--, rest /= 10)
      to->message.bytes[to->places[place] + digit] = '0' + rest % 10;
  }
}

static void read_input(input *to) {
  static char line[MAX_LINE], word[32], first[MAX_LINE], second[MAX_LINE];
  variant *current = NULL;
  while (fgets(line, sizeof line, stdin)) {
    size_t counted = 0;
    first[0] = second[0] = 0;
    if (sscanf(line, "%31s %65535s %65535s %zu", word, first, second, &counted) < 1) continue;
    if (!strcmp(word, "port")) to->port = atoi(first);
    else if (!strcmp(word, "http2")) to->is_http2 = atoi(first);
    else if (!strcmp(word, "listeners")) to->listeners = strtoul(first, NULL, 10);
    else if (!strcmp(word, "slow")) to->slow = strtoul(first, NULL, 10), to->slow_bytes_per_second = atof(second);
    else if (!strcmp(word, "window")) to->window = strtoul(first, NULL, 10);
    else if (!strcmp(word, "most")) to->most = strtoul(first, NULL, 10);
    else if (!strcmp(word, "rate")) to->rate = atof(first);
    else if (!strcmp(word, "first")) to->first = strtoull(first, NULL, 10);
    else if (!strcmp(word, "open")) to->open_seconds = atof(first);
    else if (!strcmp(word, "warm-up")) to->warm_up_seconds = atof(first);
    else if (!strcmp(word, "measure")) to->measure_seconds = atof(first);
    else if (!strcmp(word, "drain")) to->drain_seconds = atof(first);
    else if (!strcmp(word, "answers")) to->has_answers = atoi(first);
    else if (!strcmp(word, "listener")) {
      if (to->variant_count == MAX_VARIANTS) fail("too many kinds of listeners");
      current = &to->variants[to->variant_count++];
    } else if (!strcmp(word, "slow-listener")) current = &to->slow_variant;
    else if (!strcmp(word, "sender")) current = &to->sender, to->has_sender = true;
    else if (!strcmp(word, "step") && current) add_step(current, first, second, counted);
    else if (!strcmp(word, "message")) {
      to->message = read_hex(first);
      to->message_counted_bytes = strtoul(second, NULL, 10);
      find_places(to);
    } else fail("a line could not be understood");
  }
}
