// As much of HTTP/2 (RFC 9113) as a client of one stream a connection needs: it takes DATA frames apart from the
// others, answers SETTINGS and PING, and keeps the windows of both sides.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "input.h"

enum { FRAME_HEADER_BYTES = 9, DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7 };
enum { WINDOW_UPDATE = 8, ACK = 1, END_STREAM = 1, INITIAL_WINDOW_SIZE = 4, STREAM_ID = 1 };
enum { INITIAL_WINDOW = 65535, MAX_WINDOW = 0x7fffffff, MAX_CONTROL_BYTES = 1024 };

typedef struct {
  unsigned char header[FRAME_HEADER_BYTES];
  size_t header_bytes, payload_left;
  unsigned char control[MAX_CONTROL_BYTES];  // a frame's payload, unless it is DATA or too long
  size_t control_bytes;
  uint32_t unacknowledged, window_step;
  int64_t sent_bytes, connection_window, stream_window, initial_window;
} http2;

typedef struct {
  void *context;
  void (*on_payload)(void *context, const char *bytes, size_t size, double at);
  double at;
  char *answer;
  size_t answer_most;
} reader;

static uint32_t read_u32(const unsigned char *bytes) {
  return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/** Returns the bytes that the server accepts now. */
static int64_t window_left(const http2 *of) {
  int64_t stream = INITIAL_WINDOW + of->initial_window + of->stream_window;
  int64_t connection = INITIAL_WINDOW + of->connection_window;
  return (stream < connection ? stream : connection) - of->sent_bytes;
}

static size_t write_frame(char *to, int type, int flags, int stream, const void *payload, size_t size) {
  unsigned char header[FRAME_HEADER_BYTES] = {size >> 16, size >> 8, size, type, flags, 0, 0, 0, stream};
  memcpy(to, header, FRAME_HEADER_BYTES);
  memcpy(to + FRAME_HEADER_BYTES, payload, size);
  return FRAME_HEADER_BYTES + size;
}

static size_t answer_control(http2 *of, char *to) {
  int type = of->header[3], flags = of->header[4], stream = of->header[8];
  switch (type) {
    case SETTINGS:
      if (flags & ACK) return 0;
      for (size_t at = 0; at + 6 <= of->control_bytes; at += 6) {
        int id = of->control[at] << 8 | of->control[at + 1];
        if (id == INITIAL_WINDOW_SIZE) of->initial_window = (int64_t)read_u32(of->control + at + 2) - INITIAL_WINDOW;
      }
      return write_frame(to, SETTINGS, ACK, 0, NULL, 0);
    case PING:
      return flags & ACK ? 0 : write_frame(to, PING, ACK, 0, of->control, of->control_bytes);
    case WINDOW_UPDATE:
      if (stream == 0) of->connection_window += read_u32(of->control);
      else of->stream_window += read_u32(of->control);
      return 0;
    case HEADERS:
      if (flags & END_STREAM) fail("the server ended a stream");
      return 0;
    case RST_STREAM:
      fail("the server reset a stream");
    case GOAWAY:
      fail("the server sent GOAWAY");
  }
  return 0;
}

static size_t widen(http2 *of, char *to) {
  if (of->unacknowledged < of->window_step) return 0;
  uint32_t bytes = of->unacknowledged;
  unsigned char payload[4] = {bytes >> 24, bytes >> 16, bytes >> 8, bytes};
  of->unacknowledged = 0;
  size_t size = write_frame(to, WINDOW_UPDATE, 0, 0, payload, 4);
  return size + write_frame(to + size, WINDOW_UPDATE, 0, STREAM_ID, payload, 4);
}

/** Takes the bytes that were read. Returns the size of the reply. */
static size_t read_frames(http2 *of, const char *bytes, size_t size, reader to) {
  size_t answer_size = 0;
  const char *end = bytes + size;
  while (bytes < end) {
    if (of->header_bytes < FRAME_HEADER_BYTES) {
      of->header[of->header_bytes++] = *bytes++;
      if (of->header_bytes < FRAME_HEADER_BYTES) continue;
      of->payload_left = of->header[0] << 16 | of->header[1] << 8 | of->header[2];
      of->control_bytes = 0;
    }
    size_t taken = of->payload_left < (size_t)(end - bytes) ? of->payload_left : (size_t)(end - bytes);
    bool is_data = of->header[3] == DATA;
    if (is_data) {
      of->unacknowledged += taken;
      to.on_payload(to.context, bytes, taken, to.at);
    } else if (of->control_bytes + taken <= MAX_CONTROL_BYTES) {
      memcpy(of->control + of->control_bytes, bytes, taken);
      of->control_bytes += taken;
    }
    bytes += taken;
    of->payload_left -= taken;
    if (of->payload_left > 0) continue;
    of->header_bytes = 0;
    // A step that waits for any answer is satisfied by a response's headers.
    if (of->header[3] == HEADERS) to.on_payload(to.context, "", 0, to.at);
    if (answer_size + 2 * MAX_CONTROL_BYTES > to.answer_most) fail("the server asked too much at once");
    if (!is_data) answer_size += answer_control(of, to.answer + answer_size);
  }
  return answer_size + widen(of, to.answer + answer_size);
}
