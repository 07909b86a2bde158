// Many rooms in which everyone talks, as its standard input says (load/rooms.ts writes it): in each room one
// message is on its way at any time, and once it has reached every member another member says the next. It prints
// when each phase begins, then one line of JSON. It looks for markers in the bytes and decodes nothing, so that the
// server is what is measured.
#include "connections.h"
#include "histogram.h"

typedef struct {
  room_input *what;
  size_t talker;     // the member who sends next
  uint64_t turn;     // number of messages before
  uint64_t number;   // of the message in flight
  uint32_t missing;  // a bit for each member who still waits for it
  uint32_t unanswered;  // the talker's bit until the answer comes, if answers carry the message
  double sent_at;
} room;

static connection *connections;
static room *rooms;
static bool is_talking, is_measuring;
static uint64_t messages, deliveries, disorder, unfinished;
static histogram delivery_times, last_times, answer_times;

static void open_one(size_t index) {
  connections[index].ear.listener = index;
  open_connection(&connections[index], in.variants[index]);
}

static void speak(room *in_room) {
  message *said = &in_room->what->message;
  size_t count = in_room->what->member_count;
  connection *talker = &connections[in_room->what->members[in_room->talker]];
  in_room->unanswered = in.has_answers ? 1u << in_room->talker : 0;
  in_room->talker = (in_room->talker + 1) % count;
  if (in.is_http2 && window_left(&talker->frames) < (int64_t)said->counted_bytes) fail("a member may not send");
  in_room->number = in.first + in_room->turn++ * in.room_count + (in_room - rooms);
  in_room->missing = (1ull << count) - 1;
  in_room->sent_at = now();
  write_number(said, in_room->number);
  talker->frames.sent_bytes += said->counted_bytes;
  write_all(talker, said->bytes.bytes, said->bytes.size);
  unfinished++;
}

/** Returns a member's bit in the room; 0 for others. */
static uint32_t bit_of(const room *in_room, size_t listener) {
  for (size_t member = 0; member < in_room->what->member_count; member++)
    if (in_room->what->members[member] == listener) return 1u << member;
  return 0;
}

static void on_number(ear *of, uint64_t number, double at) {
  if (number < in.first || number >= in.first + in.most) return;
  room *in_room = &rooms[(number - in.first) % in.room_count];
  uint32_t bit = bit_of(in_room, of->listener);
  if (number != in_room->number || !(in_room->missing & bit)) {
    disorder++;
    return;
  }
  if (in_room->unanswered & bit) {
    in_room->unanswered = 0;
    return;
  }
  deliveries++;
  in_room->missing &= ~bit;
  if (is_measuring) record(&delivery_times, at - in_room->sent_at);
  if (in_room->missing) return;
  messages++;
  unfinished--;
  if (is_measuring) record(&last_times, at - in_room->sent_at);
  if (is_talking) speak(in_room);
}

static uint64_t count_missing(void) {
  uint64_t missing = 0;
  for (size_t index = 0; index < in.room_count; index++) missing += __builtin_popcount(rooms[index].missing);
  return missing;
}

int main(void) {
  read_input(&in);
  connections = calloc(in.variant_count, sizeof *connections);
  rooms = calloc(in.room_count, sizeof *rooms);
  for (size_t index = 0; index < in.room_count; index++) rooms[index].what = &in.rooms[index];
  double open_seconds = open_all(in.variant_count, open_one);
  pause_for(SETTLE_MS / 1e3);
  say("opened");
  pause_for(SETTLE_MS / 1e3);

  is_talking = true;
  for (size_t index = 0; index < in.room_count; index++) speak(&rooms[index]);
  pause_for(in.warm_up_seconds);
  say("measuring");
  is_measuring = true;
  double start = now(), cpu = own_cpu();
  uint64_t messages_before = messages, deliveries_before = deliveries, bytes_before = received_bytes;
  pause_for(in.measure_seconds);
  double seconds = now() - start, own = own_cpu() - cpu;
  uint64_t said = messages - messages_before, heard = deliveries - deliveries_before;
  uint64_t bytes = received_bytes - bytes_before;
  say("measured");

  is_talking = is_measuring = false;
  for (double deadline = now() + in.drain_seconds; unfinished > 0 && now() < deadline;) pause_for(0.05);
  printf("{\"openSeconds\":%f,\"openingMessages\":%lu,\"seconds\":%f,\"messages\":%lu,\"deliveries\":%lu,\"bytes\":%lu,",
         open_seconds, opening_messages, seconds, said, heard, bytes);
  printf("\"missing\":%lu,\"disorder\":%lu,\"unanswered\":0,\"ownCpuUs\":%f,", count_missing(), disorder, own * 1e6);
  print_percentiles("delivery", &delivery_times, ",");
  print_percentiles("last", &last_times, ",");
  print_percentiles("answer", &answer_times, "}\n");
  return 0;
}
