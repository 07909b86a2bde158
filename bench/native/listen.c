// Listens on many connections and sends on one more, as its standard input says (load/fan-out.ts writes it),
// prints when each phase begins, then one line of JSON. It looks for markers in the bytes and decodes nothing,
// so that the server is what is measured.
#include "connections.h"
#include "tally.h"

enum { SLOW_TICK_MS = 10 };

static connection *connections;
static connection *sender;

static size_t fast_listeners(void) { return in.listeners - in.slow; }

static void open_one(size_t index) {
  connection *of = &connections[index];
  of->ear.is_sender = in.has_sender && index == in.listeners;
  of->ear.is_slow = !of->ear.is_sender && index >= fast_listeners();
  if (of->ear.is_sender) sender = of;
  open_connection(of, of->ear.is_sender ? &in.sender
                      : of->ear.is_slow ? &in.slow_variant
                                        : in.variants[index % in.variant_count]);
}

static void flush_out(connection *of) {
  while (of->outgoing_sent < of->outgoing.size) {
    ssize_t written =
        send(of->socket, of->outgoing.bytes + of->outgoing_sent, of->outgoing.size - of->outgoing_sent, MSG_NOSIGNAL);
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) fail("a connection could not be written to");
    of->outgoing_sent += written;
  }
  of->outgoing.size = of->outgoing_sent = 0;
}

static bool may_send(void) {
  size_t limit = in.window;
  if (sent - finished >= limit || sent >= in.most) return false;
  if (in.has_answers && sent - answered >= limit) return false;
  return !in.is_http2 || window_left(&sender->frames) >= (int64_t)in.message.counted_bytes;
}

static void send_one(void) {
  write_number(&in.message, in.first + sent);
  sent_at[sent] = now();
  outstanding[sent] = fast_listeners();
  sent++;
  if (in.is_http2) sender->frames.sent_bytes += in.message.counted_bytes;
  append(&sender->outgoing, in.message.bytes.bytes, in.message.bytes.size);
}

/** Sends the messages that are due. Returns the time of the next one, or 0 if it must wait for an answer. */
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
  flush_out(sender);
  return in.rate > 0 && *next > at ? *next : 0;
}

static void poll_once(double until) {
  double soon = now() + SLOW_TICK_MS / 1e3;
  read_ready(in.slow > 0 && soon < until ? soon : until);
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

static void stop_polling_slow(void) {
  for (size_t index = fast_listeners(); index < in.listeners; index++) {
    epoll_ctl(poller, EPOLL_CTL_DEL, connections[index].socket, NULL);
  }
}

static void run_for(double seconds, double *next) {
  double start = now(), end = start + seconds;
  while (now() < end) {
    double due = in.has_sender ? send_due(next) : 0;
    poll_once(due > 0 && due < end ? due : end);
    read_slowly();
  }
}

int main(void) {
  read_input(&in);
  first_number = in.first;
  sent_at = calloc(in.most, sizeof *sent_at);
  outstanding = calloc(in.most, sizeof *outstanding);
  size_t count = in.listeners + (in.has_sender ? 1 : 0);
  connections = calloc(count, sizeof *connections);
  double open_seconds = open_all(count, open_one);
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
  // Messages held back during the warm-up are not sent later.
  if (next < start) next = start;
  run_for(in.measure_seconds, &next);
  end_measured = sent;
  double seconds = now() - start, own = own_cpu() - cpu;
  uint64_t measured = deliveries - deliveries_before, bytes = received_bytes - bytes_before;
  say("measured");

  double deadline = now() + in.drain_seconds;
  while ((finished < sent || (in.has_answers && answered < sent)) && now() < deadline) {
    if (in.has_sender) flush_out(sender);
    double tick = now() + 0.1;
    poll_once(tick < deadline ? tick : deadline);
    read_slowly();
  }
  printf("{\"openSeconds\":%f,\"openingMessages\":%lu,\"seconds\":%f,\"messages\":%lu,\"deliveries\":%lu,\"bytes\":%lu,",
         open_seconds, opening_messages, seconds, end_measured - first_measured, measured, bytes);
  printf("\"missing\":%ld,\"disorder\":%lu,\"unanswered\":%lu,\"ownCpuUs\":%f,", (long)(sent * fast_listeners() - deliveries),
         disorder, in.has_answers ? sent - answered : 0, own * 1e6);
  print_percentiles("delivery", &delivery_times, ",");
  print_percentiles("last", &last_times, ",");
  print_percentiles("answer", &answer_times, "}\n");
  return 0;
}
