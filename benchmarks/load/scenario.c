#define _GNU_SOURCE
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t deadline;

static void wait_until(uint64_t time) {
    if (now() > deadline) fail("the time limit of the run is over");
    handle_events(time);
}

static void rest(double seconds) {
    for (uint64_t end = now() + (uint64_t)(seconds * 1e9); now() < end;) wait_until(end);
}

/* Connect clients until they have the text, `at_once` at a time. */
static void bring_in(unsigned first, unsigned last, unsigned at_once) {
    unsigned before = tally.synced, next = first;
    while (tally.synced - before < last - first) {
        while (next < last && next - first - (tally.synced - before) < at_once) {
            start_client(&clients[next++]);
        }
        wait_until(now() + SECOND / 100);
        if (tally.lost) fail("%u connections were lost at the start", tally.lost);
    }
}

/* Characters that open clients lack, and edits that the server has not confirmed to them. */
static unsigned missing(void) {
    unsigned sum = 0;
    for (unsigned i = 0; i < client_count; i++) {
        if (clients[i].connection.state != OPEN) continue;
        for (unsigned j = 0; j < habits.typists; j++) {
            sum += clients[i].room->typists[j].typed - clients[i].have[j];
        }
    }
    return sum;
}

static unsigned unconfirmed(void) {
    unsigned sum = 0;
    for (unsigned i = 0; habits.arena && i < client_count; i++) {
        if (clients[i].connection.state == OPEN) sum += clients[i].sent - clients[i].confirmed;
    }
    return sum;
}

static void settle(double seconds) {
    uint64_t end = now() + (uint64_t)(seconds * 1e9);
    while ((missing() || unconfirmed()) && now() < end) wait_until(now() + SECOND / 500);
}

static double own_cpu(void) { return usage_of(getpid()).cpu; }
static struct usage server_usage(void) { return usage_of((pid_t)settings.process); }
static void report(const char *name, double value) { printf(", \"%s\": %.6g", name, value); }

/* The typists in the order of their turns; `phase` is the part of an interval before a key. */
static struct client **turns;
static double *phases;
static unsigned turn_count;
static uint64_t turn, started;
static double interval;

static int by_size(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static void prepare_turns(void) {
    turns = calloc(client_count, sizeof *turns);
    phases = calloc(client_count, sizeof *phases);
    for (unsigned i = 0; i < client_count; i++) {
        if (!clients[i].typist) continue;
        phases[turn_count] = drand48();
        turns[turn_count++] = &clients[i];
    }
    qsort(phases, turn_count, sizeof *phases, by_size);
}

static void begin_typing(double rate) {
    interval = 1e9 / rate;
    started = now();
    turn = 0;
}

static uint64_t next_due(void) {
    double intervals = (double)(turn / turn_count) + phases[turn % turn_count];
    return started + (uint64_t)(interval * intervals);
}

static void type_for(double seconds) {
    uint64_t end = now() + (uint64_t)(seconds * 1e9), due = next_due(), time;
    while ((time = now()) < end) {
        for (unsigned burst = 0; due <= time && burst < 64; burst++) {
            struct client *client = turns[turn++ % turn_count];
            if (tally.measuring) {
                tally.measured.keys++;
                add_duration(&tally.measured.lateness, time - due);
            }
            if (client->connection.state == OPEN) type_characters(client, 1, due);
            due = next_due();
        }
        wait_until(due < end ? due : end);
    }
}

struct mark {
    struct usage server;
    double own;
    uint64_t time;
};

static struct mark begin_measuring(void) {
    memset(&tally.measured, 0, sizeof tally.measured);
    tally.measuring = true;
    return (struct mark){server_usage(), own_cpu(), now()};
}

/* Report what happened since `begin`. */
static void end_measuring(struct mark begin) {
    double seconds = (double)(now() - begin.time) / 1e9;
    double cpu = server_usage().cpu - begin.server.cpu;
    double deliveries = (double)tally.measured.deliveries;
    tally.measuring = false;
    report("seconds", seconds);
    report("keys", (double)tally.measured.keys);
    report("deliveries", deliveries);
    report("deliveries_per_second", deliveries / seconds);
    report("frames", (double)tally.measured.frames);
    report("cursors", (double)tally.measured.cursors);
    report("bytes", (double)tally.measured.bytes);
    report("p50", percentile(&tally.measured.delays, 0.50));
    report("p95", percentile(&tally.measured.delays, 0.95));
    report("p99", percentile(&tally.measured.delays, 0.99));
    report("cpu", cpu);
    report("cpu_us_per_delivery", deliveries ? cpu * 1e6 / deliveries : -1);
    report("cpu_us_per_key", tally.measured.keys ? cpu * 1e6 / (double)tally.measured.keys : -1);
    report("server_busy", cpu / seconds);
    report("own_busy", (own_cpu() - begin.own) / seconds);
    report("own_lateness_p99", percentile(&tally.measured.lateness, 0.99));
}

static void type_scenario(void) {
    bring_in(0, client_count, 64);
    prepare_turns();
    begin_typing(settings.rate);
    type_for(settings.warm);
    fputs("typing\n", stderr); /* now others may measure, too */
    struct mark begin = begin_measuring();
    type_for(settings.seconds);
    end_measuring(begin);
    settle(settings.drain);
}

/* Raise the rate until the server is too slow twice in a row; a slow step is taken once more. Slow
 * steps in which this program itself had to wait are of no account, but there is an end to them. */
static void ramp_scenario(void) {
    bring_in(0, client_count, 64);
    prepare_turns();
    double best = 0, best_rate = 0;
    printf(", \"steps\": [");
    for (unsigned slow = 0, doubts = 0, steps = 0; slow < 2 && !tally.lost; steps++) {
        begin_typing(settings.rate);
        type_for(settings.warm);
        printf("%s{\"rate\": %.3g", steps ? ", " : "", settings.rate);
        struct mark begin = begin_measuring();
        type_for(settings.step);
        double due = (double)tally.measured.keys * (settings.clients - 1);
        double deliveries = (double)tally.measured.deliveries;
        double p95 = percentile(&tally.measured.delays, 0.95);
        double late = percentile(&tally.measured.lateness, 0.99);
        end_measuring(begin);
        printf("}");
        if (!tally.lost && p95 >= 0 && p95 <= settings.slowest && deliveries >= 0.97 * due) {
            best = deliveries / settings.step;
            best_rate = settings.rate;
            settings.rate *= settings.factor;
            slow = 0;
            continue;
        }
        if (late < settings.slowest / 4 || ++doubts > 8) slow++;
        settle(4);
    }
    printf("]");
    report("best", best);
    report("best_rate", best_rate);
    settle(settings.drain);
}

static void report_spread(const char *name, double *values, unsigned count) {
    char longer[64];
    qsort(values, count, sizeof *values, by_size);
    report(name, values[count / 2]);
    snprintf(longer, sizeof longer, "%s_most", name);
    report(longer, values[count - 1]);
}

/* One client is in a room with text; the others join it one after the other, and leave. */
static void join_scenario(void) {
    bring_in(0, 1, 1);
    rest(settings.rest);
    double *times = calloc(client_count, sizeof *times), cpu = server_usage().cpu;
    for (unsigned i = 1; i < client_count; i++) {
        bring_in(i, i + 1, 1);
        times[i - 1] = (double)(clients[i].synced_at - clients[i].began) / 1e6;
        drop_connection(&clients[i].connection);
        rest(0.05);
    }
    report("cpu_ms_per_join", (server_usage().cpu - cpu) * 1e3 / (client_count - 1));
    report("bytes", (double)clients[client_count - 1].state_bytes);
    report_spread("join", times, client_count - 1);
}

/* All connections are dropped at once, and all clients come back at once. */
static void storm_scenario(void) {
    bring_in(0, client_count, 64);
    for (unsigned i = 0; i < room_count; i++) {
        type_characters(&clients[i], (unsigned)settings.paste, now());
        rest(0.005);
    }
    settle(20);
    if (missing()) fail("not everybody has the text");
    rest(settings.rest);
    double *times = calloc(client_count, sizeof *times), cpu = server_usage().cpu;
    uint64_t begin = now();
    for (unsigned i = 0; i < client_count; i++) drop_connection(&clients[i].connection);
    bring_in(0, client_count, client_count);
    for (unsigned i = 0; i < client_count; i++) {
        times[i] = (double)(clients[i].synced_at - begin) / 1e6;
    }
    rest(1);
    report("cpu", server_usage().cpu - cpu);
    report_spread("back", times, client_count);
    settle(settings.drain);
}

/* Two clients come into each room, then the others; nobody types. */
static void idle_scenario(void) {
    bring_in(0, 2 * room_count, 64);
    rest(settings.rest);
    report("memory_of_two", server_usage().memory);
    bring_in(2 * room_count, client_count, 64);
    rest(settings.rest);
    report("memory_of_all", server_usage().memory);
}

static const struct {
    const char *name;
    void (*run)(void);
} scenarios[] = {
    {"type", type_scenario}, {"ramp", ramp_scenario},   {"join", join_scenario},
    {"idle", idle_scenario}, {"storm", storm_scenario},
};

unsigned run_scenario(const char *name) {
    size_t i = 0, known = sizeof scenarios / sizeof *scenarios;
    while (i < known && strcmp(scenarios[i].name, name) != 0) i++;
    if (i == known) fail("unknown scenario: %s", name);
    deadline = now() + (uint64_t)(settings.timeout * 1e9);
    printf("{\"scenario\": \"%s\"", name);
    scenarios[i].run();
    unsigned faults = missing() + unconfirmed() + tally.wrong + tally.refused + tally.lost;
    report("missing", missing());
    report("unconfirmed", unconfirmed());
    report("wrong", tally.wrong);
    report("refused", tally.refused);
    report("lost", tally.lost);
    printf("}\n");
    return faults;
}
