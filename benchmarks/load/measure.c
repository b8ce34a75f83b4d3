#define _GNU_SOURCE
#include "measure.h"

#include <dirent.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t clock) {
    struct timespec time = {0};
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

uint64_t now(void) { return read_clock(CLOCK_MONOTONIC); }

void add_duration(struct histogram *histogram, uint64_t nanoseconds) {
    unsigned bits = 63 - (unsigned)__builtin_clzll(nanoseconds | 64);
    histogram->counts[(bits - 6) * 64 + ((nanoseconds >> (bits - 6)) & 63)]++;
    histogram->total++;
}

double percentile(const struct histogram *histogram, double share) {
    uint64_t below = (uint64_t)(share * (double)histogram->total), seen = 0;
    for (unsigned i = 0; i < 64 * 64; i++) {
        seen += histogram->counts[i];
        if (histogram->counts[i] && seen > below) {
            return (double)((64 + i % 64 + 0.5) * (double)(1ull << (i / 64))) / 1e6;
        }
    }
    return -1;
}

static double cpu_of(pid_t process) {
    clockid_t clock;
    return clock_getcpuclockid(process, &clock) ? 0 : (double)read_clock(clock) / 1e9;
}

static double memory_of(pid_t process) {
    char path[64];
    unsigned long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", process);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1000;
}

struct usage usage_of(pid_t process) {
    struct usage sum = {cpu_of(process), memory_of(process)};
    char path[300];
    snprintf(path, sizeof path, "/proc/%d/task", process);
    DIR *threads = opendir(path);
    for (struct dirent *thread; threads && (thread = readdir(threads));) {
        snprintf(path, sizeof path, "/proc/%d/task/%s/children", process, thread->d_name);
        FILE *children = fopen(path, "r");
        for (int child; children && fscanf(children, "%d", &child) == 1;) {
            struct usage more = usage_of(child);
            sum.cpu += more.cpu;
            sum.memory += more.memory;
        }
        if (children) fclose(children);
    }
    if (threads) closedir(threads);
    return sum;
}
