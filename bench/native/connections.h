// Opens connections as the input says, and hands on what comes once they are open.
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http2.h"
#include "input.h"
#include "markers.h"

enum { READ_BYTES = 256 * 1024, EVENTS = 256, SETTLE_MS = 500 };
enum { SLOW_WINDOW_STEP = 16 * 1024, SLOW_SOCKET_BYTES = 64 * 1024 };

typedef struct {
  int socket;
  const variant *variant;
  size_t step;
  bool is_ready;
  buffer opening;  // bytes since the last step, until they contain its answer
  buffer outgoing;  // bytes that the socket has not accepted yet
  size_t outgoing_sent;
  http2 frames;
  ear ear;
} connection;

static input in;
static int poller;
static char received[READ_BYTES];
static size_t ready, opened;
static uint64_t received_bytes, opening_messages;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double own_cpu(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void say(const char *phase) {
  printf("%s\n", phase);
  fflush(stdout);
}

/** Writes replies to the server at once, unless earlier bytes still wait. */
static void write_all(connection *of, const char *bytes, size_t size) {
  if (of->outgoing.size > 0) {
    append(&of->outgoing, bytes, size);
    return;
  }
  while (size > 0) {
    ssize_t written = send(of->socket, bytes, size, MSG_NOSIGNAL);
    if (written < 0 && errno == EAGAIN) continue;
    if (written < 0) fail("a connection could not be written to");
    bytes += written;
    size -= written;
  }
}

static void take_step(connection *of) {
  const step *next = &of->variant->steps[of->step];
  write_all(of, next->send.bytes, next->send.size);
  of->frames.sent_bytes += next->counted_bytes;
}

static uint64_t count_messages(const buffer *in_bytes) {
  uint64_t count = 0;
  const char *at = in_bytes->bytes, *end = at + in_bytes->size;
  while ((at = memchr(at, MESSAGE_MARK, end - at))) {
    if (end - at < MARKER_BYTES) break;
    if (strspn(at + 1, "0123456789") >= NUMBER_DIGITS) count++;
    at++;
  }
  return count;
}

static void on_payload(void *context, const char *bytes, size_t size, double at) {
  connection *of = context;
  if (of->is_ready) {
    scan(&of->ear, bytes, size, at);
    return;
  }
  append(&of->opening, bytes, size);
  const buffer *wait = &of->variant->steps[of->step].wait;
  if (wait->size > 0 && !memmem(of->opening.bytes, of->opening.size, wait->bytes, wait->size)) return;
  if (of->opening.size > 0) opening_messages += count_messages(&of->opening);
  of->opening.size = 0;
  if (++of->step < of->variant->step_count) {
    take_step(of);
    return;
  }
  of->is_ready = true;
  free(of->opening.bytes);
  of->opening = (buffer){0};
  ready++;
}

static void consume(connection *of, size_t size, double at) {
  received_bytes += size;
  if (!in.is_http2) {
    on_payload(of, received, size, at);
    return;
  }
  char answer[4 * 1024];
  size_t answer_size = read_frames(&of->frames, received, size, (reader){of, on_payload, at, answer, sizeof answer});
  if (answer_size > 0) write_all(of, answer, answer_size);
}

/** Returns false if there was nothing to read. */
static bool read_some(connection *of, size_t most) {
  ssize_t size = recv(of->socket, received, most, 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (size <= 0) fail("the server closed a connection");
  consume(of, size, now());
  return true;
}

static void read_ready(double until) {
  struct epoll_event events[EVENTS];
  double left = until - now();
  if (left < 0) left = 0;
  struct timespec timeout = {left, (left - (time_t)left) * 1e9};
  int count = epoll_pwait2(poller, events, EVENTS, &timeout, NULL);
  for (int index = 0; index < count; index++) read_some(events[index].data.ptr, READ_BYTES);
}

static void open_connection(connection *of, const variant *variant) {
  of->variant = variant;
  of->socket = socket(AF_INET, SOCK_STREAM, 0);
  of->frames.window_step = of->ear.is_slow ? SLOW_WINDOW_STEP : MAX_WINDOW / 2;
  int yes = 1, slow_bytes = SLOW_SOCKET_BYTES;
  // A reset frees the port at once; otherwise thousands of connections would use up all ports.
  struct linger at_once = {1, 0};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(in.port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (of->ear.is_slow) setsockopt(of->socket, SOL_SOCKET, SO_RCVBUF, &slow_bytes, sizeof slow_bytes);
  setsockopt(of->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  setsockopt(of->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(of->socket, (struct sockaddr *)&address, sizeof address) < 0) fail("a connection was refused");
  fcntl(of->socket, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = of};
  epoll_ctl(poller, EPOLL_CTL_ADD, of->socket, &event);
  take_step(of);
}

/** Opens `count` connections, a few at a time; `open_next` opens the one with this number. */
static double open_all(size_t count, void (*open_next)(size_t index)) {
  double start = now(), deadline = start + in.open_seconds;
  poller = epoll_create1(0);
  while (ready < count) {
    if (now() > deadline) fail("not all connections were open in time");
    if (opened < count && opened - ready < in.at_once) {
      open_next(opened++);
      read_ready(0);
    } else {
      read_ready(deadline);
    }
  }
  return now() - start;
}

static void pause_for(double seconds) {
  double end = now() + seconds;
  while (now() < end) read_ready(end);
}
