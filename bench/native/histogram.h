// Counts durations in buckets that grow by 1/64 of a power of two, so that a percentile is at most 2 % off.
#pragma once
#include <math.h>
#include <stdint.h>
#include <stdio.h>

enum { HISTOGRAM_BUCKETS = 64 * 32 };

typedef struct {
  uint64_t counts[HISTOGRAM_BUCKETS];
  uint64_t count;
  double most;
} histogram;

static void record(histogram *of, double seconds) {
  double us = seconds * 1e6 + 1;
  int exponent;
  double fraction = frexp(us, &exponent);
  int bucket = exponent * 64 + (int)((fraction - 0.5) * 128);
  of->counts[bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1]++;
  of->count++;
  if (seconds > of->most) of->most = seconds;
}

static double percentile_ms(const histogram *of, double share) {
  uint64_t seen = 0;
  for (int bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
    seen += of->counts[bucket];
    if (of->counts[bucket] > 0 && seen >= share * of->count)
      return ldexp(0.5 + (bucket % 64 + 0.5) / 128, bucket / 64) / 1e3;
  }
  return 0;
}

static void print_percentiles(const char *name, const histogram *of, const char *end) {
  printf("\"%sMs\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}%s", name, percentile_ms(of, 0.5), percentile_ms(of, 0.99),
         of->most * 1e3, end);
}
