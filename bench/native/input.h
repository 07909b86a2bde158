// The input: each line of standard input is a word and its values. Bytes are in hexadecimal; "-" is none.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MARK = '~', ANSWER_MARK = '^', NUMBER_DIGITS = 12, MARKER_BYTES = 13 };
enum { MAX_STEPS = 8, MAX_PLACES = 8, MAX_LINE = 1 << 16, MAX_MEMBERS = 32 };

typedef struct {
  char *bytes;
  size_t size, room;
} buffer;

/** Sends, then waits for an answer with these bytes in it; for any answer if there are none. */
typedef struct {
  buffer send, wait;
  size_t counted_bytes;  // the part of `send` that counts towards the server's window
} step;

typedef struct {
  step steps[MAX_STEPS];
  size_t step_count;
} variant;

/** A message that is sent many times, each time with its own number in its places. */
typedef struct {
  buffer bytes;
  size_t counted_bytes;  // the part that counts towards the server's window
  size_t places[MAX_PLACES], place_count;
} message;

/** A room: its members, as numbers of listeners, and its message. */
typedef struct {
  message message;
  size_t members[MAX_MEMBERS], member_count;
} room_input;

typedef struct {
  int port;
  bool is_http2, has_sender, has_answers;
  size_t listeners, at_once, slow, window, most;
  double slow_bytes_per_second, rate, open_seconds, warm_up_seconds, measure_seconds, drain_seconds;
  uint64_t first;  // the first message's number
  variant **variants, sender, slow_variant;
  size_t variant_count;
  message message;
  room_input *rooms;
  size_t room_count;
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

static int digit_of(char text) { return text <= '9' ? text - '0' : text - 'a' + 10; }

static buffer read_hex(const char *text) {
  buffer bytes = {0};
  if (*text == '-') return bytes;
  for (; text[0] && text[1]; text += 2) append(&bytes, (char[]){digit_of(text[0]) << 4 | digit_of(text[1])}, 1);
  return bytes;
}

static void add_step(variant *to, const char *send, const char *wait, size_t counted_bytes) {
  if (to->step_count == MAX_STEPS) fail("too many steps");
  to->steps[to->step_count++] = (step){read_hex(send), read_hex(wait), counted_bytes};
}

static message read_message(const char *hex, const char *counted_bytes) {
  static const char place[] = "000000000000";
  message read = {.bytes = read_hex(hex), .counted_bytes = strtoul(counted_bytes, NULL, 10)};
  for (size_t at = 0; at + NUMBER_DIGITS <= read.bytes.size; at++) {
    if (memcmp(read.bytes.bytes + at, place, NUMBER_DIGITS) != 0) continue;
    if (read.place_count == MAX_PLACES) fail("too many places for a number");
    read.places[read.place_count++] = at;
    at += NUMBER_DIGITS - 1;
  }
  return read;
}

static void write_number(message *to, uint64_t number) {
  for (size_t place = 0; place < to->place_count; place++) {
    uint64_t rest = number;
    for (int digit = NUMBER_DIGITS - 1; digit >= 0; digit--, rest /= 10)
      to->bytes.bytes[to->places[place] + digit] = '0' + rest % 10;
  }
}

static variant *add_variant(input *to) {
  to->variants = realloc(to->variants, (to->variant_count + 1) * sizeof *to->variants);
  return to->variants[to->variant_count++] = calloc(1, sizeof(variant));
}

static void add_room(input *to, message said, char *members) {
  to->rooms = realloc(to->rooms, (to->room_count + 1) * sizeof *to->rooms);
  room_input *room = &to->rooms[to->room_count++];
  *room = (room_input){.message = said};
  for (char *member = strtok(members, ","); member; member = strtok(NULL, ",")) {
    if (room->member_count == MAX_MEMBERS) fail("too many members");
    room->members[room->member_count++] = strtoul(member, NULL, 10);
  }
}

static void read_input(input *to) {
  static char line[3 * MAX_LINE], word[32], first[MAX_LINE], second[MAX_LINE], third[MAX_LINE];
  variant *current = NULL;
  while (fgets(line, sizeof line, stdin)) {
    first[0] = second[0] = third[0] = 0;
    if (sscanf(line, "%31s %65535s %65535s %65535s", word, first, second, third) < 1) continue;
    if (!strcmp(word, "port")) to->port = atoi(first);
    else if (!strcmp(word, "http2")) to->is_http2 = atoi(first);
    else if (!strcmp(word, "listeners")) to->listeners = strtoul(first, NULL, 10);
    else if (!strcmp(word, "at-once")) to->at_once = strtoul(first, NULL, 10);
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
    else if (!strcmp(word, "listener")) current = add_variant(to);
    else if (!strcmp(word, "slow-listener")) current = &to->slow_variant;
    else if (!strcmp(word, "sender")) current = &to->sender, to->has_sender = true;
    else if (!strcmp(word, "step") && current) add_step(current, first, second, strtoul(third, NULL, 10));
    else if (!strcmp(word, "message")) to->message = read_message(first, second);
    else if (!strcmp(word, "room")) add_room(to, read_message(first, second), third);
    else fail("a line could not be understood");
  }
}
