/* Clocks, histograms, and the processor time and memory of processes. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

#define SECOND 1000000000ull

/* Nanoseconds of the monotonic clock. */
uint64_t now(void);

/* Counts of durations, by size: 64 buckets for each power of two, so values are true to 1.6 %. */
struct histogram {
    uint32_t counts[64 * 64];
    uint64_t total;
};

void add_duration(struct histogram *histogram, uint64_t nanoseconds);

/* The duration in milliseconds that `share` of all durations do not exceed; -1 without any. */
double percentile(const struct histogram *histogram, double share);

/* The sum over a process and all its descendants. */
struct usage {
    double cpu;    /* seconds, user and system */
    double memory; /* resident, kilobytes of 1000 bytes */
};

struct usage usage_of(pid_t process);
