/* What the clients do together, and what is measured meanwhile. */
#pragma once
#include "client.h"

extern struct settings {
    const char *dialect;
    double port, process;
    double rooms, clients, typists;
    /* Keys a second of each typist; seconds of typing that are measured, and before that. */
    double rate, seconds, warm;
    /* Whether a cursor goes with each key. */
    double cursors;
    /* Characters that are pasted into each room before a storm. */
    double paste;
    /* Seconds of rest before memory is read, seconds that the last messages may take at the end,
     * and the limit of the whole run. */
    double rest, drain, timeout;
    /* The ramp: its steps' seconds and factor, and the delay that it may reach, milliseconds. */
    double step, factor, slowest;
} settings;

extern struct room *rooms;
/* The first client of each room, then the second of each, and so on. */
extern struct client *clients;
extern unsigned room_count, client_count;

/* Print a message, and end with status 2. */
void fail(const char *format, ...);

/* Run a scenario within `settings.timeout` seconds, and print its results; returns the number of
 * things that are missing, wrong or lost at its end. */
unsigned run_scenario(const char *name);
