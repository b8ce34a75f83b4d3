/* A load generator: many clients that type in the rooms of one server, and check what they receive.
 *
 *     generator <scenario> port=8888 process=1234 dialect=arena rooms=20 clients=4 … < rooms
 *
 * Standard input has a line for each room: the path of its address, and for Arena the participant
 * token of each of its clients. The result is a JSON object on standard output; the exit status is
 * 1 if anything was missing, wrong or refused, and 2 if there is no result.
 *
 * Each key is one Yjs update in a frame of its own, at a time that was set beforehand, no matter
 * how slow the server is; delays count from that time. Clients check each character that they
 * receive. Nothing is allocated while they type.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

struct settings settings = {
    .dialect = "yjs", .rooms = 1, .clients = 2, .typists = 1, .rate = 8, .seconds = 4, .warm = 1,
    .rest = 0.5, .drain = 10, .timeout = 120, .step = 2, .factor = 1.25, .slowest = 100,
};

struct room *rooms;
struct client *clients;
unsigned room_count, client_count;

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(2);
}

static const struct {
    const char *name;
    double *value;
} numbers[] = {
#define NUMBER(name) {#name, &settings.name}
    NUMBER(port),  NUMBER(process), NUMBER(rooms),   NUMBER(clients), NUMBER(typists),
    NUMBER(rate),  NUMBER(seconds), NUMBER(warm),    NUMBER(cursors), NUMBER(paste),
    NUMBER(rest),  NUMBER(drain),   NUMBER(timeout), NUMBER(step),    NUMBER(factor),
    NUMBER(slowest),
};

static void read_setting(const char *argument) {
    size_t length = strcspn(argument, "=");
    const char *value = argument + length + (argument[length] == '=');
    if (!strncmp(argument, "dialect", length)) {
        settings.dialect = value;
        return;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strlen(numbers[i].name) == length && !strncmp(argument, numbers[i].name, length)) {
            *numbers[i].value = atof(value);
            return;
        }
    }
    fail("unknown setting: %s", argument);
}

static void read_rooms(void) {
    rooms = calloc(room_count, sizeof *rooms);
    habits.most_typed = (unsigned)settings.paste + 100000;
    for (unsigned i = 0; i < room_count; i++) {
        char *line = NULL;
        size_t size = 0;
        if (getline(&line, &size, stdin) < 2) fail("there are fewer lines than rooms");
        rooms[i].path = strtok_r(line, " \n", &rooms[i].tokens);
        for (unsigned j = 0; j < habits.typists; j++) {
            rooms[i].typists[j].id = (uint32_t)mrand48() | 1u << 30;
            rooms[i].typists[j].due = calloc(habits.most_typed, sizeof(uint64_t));
        }
    }
}

static void make_clients(void) {
    clients = calloc(client_count, sizeof *clients);
    for (unsigned i = 0; i < client_count; i++) {
        struct client *client = &clients[i];
        unsigned position = i / room_count;
        client->room = &rooms[i % room_count];
        client->typist = position < habits.typists ? &client->room->typists[position] : NULL;
        client->id = client->typist ? client->typist->id : (uint32_t)mrand48() | 1u << 30;
        client->connection.path = client->room->path;
        client->connection.address = (uint16_t)(i + 1);
        if (!habits.arena) continue;
        /* Without tokens it is a server with open access. */
        const char *token = strtok_r(NULL, " \n", &client->room->tokens);
        snprintf(client->connection.protocols, sizeof client->connection.protocols,
                 token ? "arena.v1, token.%s" : "arena.v1", token);
    }
}

int main(int count, char **arguments) {
    if (count < 2) fail("usage: generator <scenario> [name=value…] < rooms");
    for (int i = 2; i < count; i++) read_setting(arguments[i]);
    habits.arena = !strcmp(settings.dialect, "arena");
    habits.hocuspocus = !strcmp(settings.dialect, "hocuspocus");
    habits.root = habits.arena ? "code" : "text";
    habits.cursors = settings.cursors != 0;
    room_count = (unsigned)settings.rooms;
    client_count = room_count * (unsigned)settings.clients;
    habits.typists = (unsigned)settings.typists;
    if (habits.typists > MOST_TYPISTS) fail("at most %d typists", MOST_TYPISTS);
    srand48((long)now());
    read_rooms();
    make_clients();
    begin_connections((uint16_t)settings.port, clients_listener);
    return run_scenario(arguments[1]) ? 1 : 0;
}
