// Keeps count of which message has reached how many listeners and how long that took.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"
#include "markers.h"

static uint64_t first_number;
static double *sent_at;        // by the message's number, in seconds
static uint32_t *outstanding;  // the listeners that still wait for it
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

static void on_number(ear *of, uint64_t number, double at) {
  if (number < first_number) return;
  if (of->is_sender) on_answer(number - first_number, at);
  else on_delivery(of, number - first_number, at);
}
