// Listens on many connections and sends on one more, as its standard input says (load/fan-out.ts writes it),
// prints when each phase begins, then one line of JSON. It looks for markers in the bytes and decodes nothing,
// so that the server is what is measured.
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
#include "tally.h"

enum { READ_BYTES = 256 * 1024, EVENTS = 64, OPENING_AT_ONCE = 32, SETTLE_MS = 500, SLOW_TICK_MS = 10 };
enum { SLOW_WINDOW_STEP = 16 * 1024, SLOW_SOCKET_BYTES = 64 * 1024 };

typedef struct {
  int socket;
  const variant *variant;
  size_t step;
  bool is_ready;
  buffer opening;  // what came since the last step, until the step's answer is in it
  http2 frames;
  ear ear;
} connection;

static input in;
static connection *connections;
static connection *sender;
static int poller;
static char received[READ_BYTES];
static size_t ready, opened;

static buffer outgoing;
static size_t outgoing_sent;
static uint64_t received_bytes;

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

static size_t fast_listeners(void) { return in.listeners - in.slow; }

static void write_all(int socket, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t written = send(socket, bytes, size, MSG_NOSIGNAL);
    if (written < 0 && errno == EAGAIN) continue;
    if (written < 0) fail("a connection could not be written to");
    bytes += written;
    size -= written;
  }
}

static void flush_sender(void) {
  while (outgoing_sent < outgoing.size) {
    ssize_t written =
        send(sender->socket, outgoing.bytes + outgoing_sent, outgoing.size - outgoing_sent, MSG_NOSIGNAL);
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) fail("the sender's connection could not be written to");
    outgoing_sent += written;
  }
  outgoing.size = outgoing_sent = 0;
}

static void take_step(connection *of) {
  const step *next = &of->variant->steps[of->step];
  write_all(of->socket, next->send.bytes, next->send.size);
  if (of->ear.is_sender) of->frames.sent_bytes += next->counted_bytes;
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
  if (answer_size == 0) return;
  if (of == sender && outgoing.size > 0) append(&outgoing, answer, answer_size);
  else write_all(of->socket, answer, answer_size);
}

/** False when there was nothing to read. */
static bool read_some(connection *of, size_t most) {
  ssize_t size = recv(of->socket, received, most, 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (size <= 0) fail("the server closed a connection");
  consume(of, size, now());
  return true;
}

static void open_connection(size_t index) {
  connection *of = &connections[index];
  of->ear.is_sender = in.has_sender && index == in.listeners;
  of->ear.is_slow = !of->ear.is_sender && index >= fast_listeners();
  of->variant = of->ear.is_sender ? &in.sender : of->ear.is_slow ? &in.slow_variant : &in.variants[index % in.variant_count];
  of->socket = socket(AF_INET, SOCK_STREAM, 0);
  of->frames.window_step = of->ear.is_slow ? SLOW_WINDOW_STEP : MAX_WINDOW / 2;
  if (of->ear.is_sender) sender = of;
  int yes = 1, slow_bytes = SLOW_SOCKET_BYTES;
  // Ended by a reset, a connection leaves its port at once: thousands of them would use all ports up.
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

static bool may_send(void) {
  size_t limit = in.window;
  if (sent - finished >= limit || sent >= in.most) return false;
  if (in.has_answers && sent - answered >= limit) return false;
  return !in.is_http2 || window_left(&sender->frames) >= (int64_t)in.message_counted_bytes;
}

static void send_one(void) {
  write_number(&in, in.first + sent);
  sent_at[sent] = now();
  outstanding[sent] = fast_listeners();
  sent++;
  if (in.is_http2) sender->frames.sent_bytes += in.message_counted_bytes;
  append(&outgoing, in.message.bytes, in.message.size);
}

/** Sends what is due. Returns the time of the next message, or 0 where only an answer can bring it. */
static double send_due(double *next) {
  double at = now();
  if (in.rate == 0) {
    while (may_send()) send_one();
  } else {
    while (*next <= at && may_send()) {
      send_one();
      *next += 1 / in.rate;
    }
  }
  flush_sender();
  return in.rate > 0 && *next > at ? *next : 0;
}

static void poll_once(double until) {
  struct epoll_event events[EVENTS];
  double left = until - now();
  if (left < 0) left = 0;
  if (in.slow > 0 && left > SLOW_TICK_MS / 1e3) left = SLOW_TICK_MS / 1e3;
  struct timespec timeout = {left, (left - (time_t)left) * 1e9};
  int count = epoll_pwait2(poller, events, EVENTS, &timeout, NULL);
  for (int index = 0; index < count; index++) read_some(events[index].data.ptr, READ_BYTES);
}

static void read_slowly(void) {
  static double last;
  double at = now();
  if (last == 0) last = at;
  size_t bytes = (at - last) * in.slow_bytes_per_second;
  if (in.slow == 0 || bytes < 64) return;
  last = at;
  for (size_t index = fast_listeners(); index < in.listeners; index++) {
    size_t most = bytes < READ_BYTES ? bytes : READ_BYTES;
    read_some(&connections[index], most);
  }
}

static void open_all(void) {
  size_t count = in.listeners + (in.has_sender ? 1 : 0);
  connections = calloc(count, sizeof *connections);
  double deadline = now() + in.open_seconds;
  while (ready < count) {
    while (opened < count && opened - ready < OPENING_AT_ONCE) open_connection(opened++);
    if (now() > deadline) fail("not all listeners were ready in time");
    poll_once(deadline);
  }
}

static void stop_polling_slow(void) {
  for (size_t index = fast_listeners(); index < in.listeners; index++) {
    epoll_ctl(poller, EPOLL_CTL_DEL, connections[index].socket, NULL);
  }
}

static void say(const char *phase) {
  printf("%s\n", phase);
  fflush(stdout);
}

static void run_for(double seconds, double *next) {
  double start = now(), end = start + seconds;
  while (now() < end) {
    double due = in.has_sender ? send_due(next) : 0;
    poll_once(due > 0 && due < end ? due : end);
    read_slowly();
  }
}

static void pause_for(double seconds) {
  double end = now() + seconds;
  while (now() < end) poll_once(end);
}

int main(void) {
  read_input(&in);
  first_number = in.first;
  sent_at = calloc(in.most, sizeof *sent_at);
  outstanding = calloc(in.most, sizeof *outstanding);
  poller = epoll_create1(0);
  double opening_at = now();
  open_all();
  double open_seconds = now() - opening_at;
  pause_for(SETTLE_MS / 1e3);
  say("opened");
  pause_for(SETTLE_MS / 1e3);
  stop_polling_slow();

  double next = now();
  run_for(in.warm_up_seconds, &next);
  say("measuring");
  double start = now(), cpu = own_cpu();
  uint64_t deliveries_before = deliveries, bytes_before = received_bytes;
  first_measured = sent;
  // What was held back while warming up is not caught up on.
  if (next < start) next = start;
  run_for(in.measure_seconds, &next);
  end_measured = sent;
  double seconds = now() - start, own = own_cpu() - cpu;
  uint64_t measured = deliveries - deliveries_before, bytes = received_bytes - bytes_before;
  say("measured");

  double deadline = now() + in.drain_seconds;
  while ((finished < sent || (in.has_answers && answered < sent)) && now() < deadline) {
    if (in.has_sender) flush_sender();
    double tick = now() + 0.1;
    poll_once(tick < deadline ? tick : deadline);
    read_slowly();
  }
  printf("{\"openSeconds\":%f,\"seconds\":%f,\"messages\":%lu,\"deliveries\":%lu,\"bytes\":%lu,", open_seconds,
         seconds, end_measured - first_measured, measured, bytes);
  printf("\"missing\":%ld,\"disorder\":%lu,\"unanswered\":%lu,\"ownCpuUs\":%f,", (long)(sent * fast_listeners() - deliveries),
         disorder, in.has_answers ? sent - answered : 0, own * 1e6);
  print_percentiles("delivery", &delivery_times, ",");
  print_percentiles("last", &last_times, ",");
  print_percentiles("answer", &answer_times, "}\n");
  return 0;
}
