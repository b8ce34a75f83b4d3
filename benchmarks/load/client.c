#define _GNU_SOURCE
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yjs.h"

struct habits habits;
struct tally tally;

/* --- what clients send ------------------------------------------------------------------------ */

static struct writer message, part;

static void new_message(const struct client *client) {
    message.length = 0;
    const char *name = client->room->path + 1;
    if (habits.hocuspocus) write_block(&message, name, strlen(name));
}

static void send_sync(struct client *client, enum sync kind, const void *bytes, size_t length) {
    new_message(client);
    write_uint(&message, SYNC);
    write_uint(&message, kind);
    write_block(&message, bytes, length);
    send_message(&client->connection, message.bytes, message.length);
    client->sent += kind != STEP1;
}

static void send_cursor(struct client *client) {
    new_message(client);
    part.length = 0;
    uint64_t typed = client->typist ? client->typist->typed : 0;
    write_cursor(&part, habits.root, client->id, ++client->cursor_clock, typed);
    write_uint(&message, AWARENESS);
    write_block(&message, part.bytes, part.length);
    send_message(&client->connection, message.bytes, message.length);
}

/* Ask for the text, and show presence. */
static void introduce(struct client *client) {
    send_sync(client, STEP1, "\0", 1);
    send_cursor(client);
}

void type_characters(struct client *client, unsigned count, uint64_t due) {
    struct typist *typist = client->typist;
    if (typist->typed + count > habits.most_typed) {
        fprintf(stderr, "a typist can type %u characters\n", habits.most_typed);
        exit(2);
    }
    part.length = 0;
    write_insert(&part, habits.root, typist->id, typist->typed, count);
    for (unsigned i = 0; i < count; i++) typist->due[typist->typed++] = due;
    client->have[typist - client->room->typists] = typist->typed;
    send_sync(client, UPDATE, part.bytes, part.length);
    if (habits.cursors) send_cursor(client);
}

/* --- what clients receive --------------------------------------------------------------------- */

struct arrival {
    struct client *client;
    uint64_t at;
    bool live;
};

/* Take a text of an update: each character must be the next one of its typist. */
static void take_text(void *context, uint64_t id, uint64_t clock, const uint8_t *text,
                      size_t length) {
    const struct arrival *arrival = context;
    struct client *client = arrival->client;
    unsigned i = 0;
    while (i < habits.typists && client->room->typists[i].id != id) i++;
    if (i == habits.typists) return; /* text that was there before */
    const struct typist *typist = &client->room->typists[i];
    uint32_t *have = &client->have[i];
    if (clock > *have || clock + length > typist->typed) {
        tally.wrong++;
        return;
    }
    for (uint64_t at = clock; at < clock + length; at++) {
        tally.wrong += text[at - clock] != (uint8_t)typed_at(at);
        if (at < *have) continue;
        *have = (uint32_t)at + 1;
        if (arrival->live && tally.measuring) {
            tally.measured.deliveries++;
            add_duration(&tally.measured.delays, arrival->at - typist->due[at]);
        }
    }
}

static void take_sync(struct client *client, struct reader *reader, uint64_t arrived) {
    uint64_t kind = read_uint(reader);
    struct reader update = read_block(reader);
    struct arrival arrival = {client, arrived, kind == UPDATE};
    if (reader->bad) {
        tally.wrong++;
    } else if (kind == STEP1) {
        send_sync(client, STEP2, "\0", 2);
    } else if (kind == STEP2 || kind == UPDATE) {
        tally.wrong += !read_update(update, take_text, &arrival);
        if (kind == STEP2 && !client->synced) {
            client->synced = true;
            client->synced_at = arrived;
            client->state_bytes = (size_t)(update.end - update.at);
            tally.synced++;
        }
    }
}

/* An event of Arena: confirmations and refusals matter here. */
static void take_event(struct client *client, const uint8_t *text, size_t length) {
    size_t head = length < 32 ? length : 32;
    if (memmem(text, head, "\"saved\"", 7)) {
        const char *count = memmem(text, length, "\"count\":", 8);
        if (count) client->confirmed = (uint32_t)strtoul(count + 8, NULL, 10);
    } else if (memmem(text, head, "\"error\"", 7)) {
        tally.refused++;
        fprintf(stderr, "refused: %.*s\n", (int)(length < 300 ? length : 300), text);
    }
}

static void received(struct connection *connection, bool is_text, const uint8_t *bytes,
                     size_t length, uint64_t arrived) {
    struct client *client = (struct client *)connection;
    if (tally.measuring) {
        tally.measured.frames++;
        tally.measured.bytes += length;
    }
    if (is_text) {
        take_event(client, bytes, length);
        return;
    }
    struct reader reader = {bytes, bytes + length, false};
    if (habits.hocuspocus) read_block(&reader);
    uint64_t kind = read_uint(&reader);
    if (kind == SYNC || (habits.hocuspocus && kind == SYNC_REPLY)) {
        take_sync(client, &reader, arrived);
    } else if (kind == AWARENESS) {
        tally.measured.cursors += tally.measuring;
    } else if (kind == AUTH && habits.hocuspocus) {
        introduce(client);
    }
}

static void opened(struct connection *connection) {
    struct client *client = (struct client *)connection;
    if (!habits.hocuspocus) {
        introduce(client);
        return;
    }
    new_message(client);
    write_uint(&message, AUTH);
    write_uint(&message, 0);       /* here is a token: */
    write_block(&message, "", 0);  /* none */
    write_block(&message, "3", 1); /* the version of the client */
    send_message(connection, message.bytes, message.length);
}

static void lost_connection(struct connection *connection, unsigned code) {
    tally.lost++;
    fprintf(stderr, "lost %s: %u\n", connection->path, code);
}

const struct listener clients_listener = {opened, received, lost_connection};

void start_client(struct client *client) {
    client->synced = false;
    client->sent = client->confirmed = 0;
    memset(client->have, 0, sizeof client->have);
    client->began = now();
    open_connection(&client->connection);
}
