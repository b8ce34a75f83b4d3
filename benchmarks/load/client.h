/* Clients of a server of shared text: what they say, and what they check of its answers. */
#pragma once
#include "connection.h"
#include "measure.h"

enum { MOST_TYPISTS = 8 };

/* Somebody who types: everything is appended to what the same typist has typed before. */
struct typist {
    uint32_t id;
    /* The number of its characters, and when each was due. */
    uint32_t typed;
    uint64_t *due;
};

struct room {
    /* The path of its address, and the tokens of clients that have none yet. */
    char *path, *tokens;
    struct typist typists[MOST_TYPISTS];
};

struct client {
    struct connection connection; /* first: the callbacks get it */
    struct room *room;
    /* Its own typist, or NULL for a reader. */
    struct typist *typist;
    uint32_t id, cursor_clock;
    /* Characters that it has of each typist of the room. */
    uint32_t have[MOST_TYPISTS];
    /* Edits that it has sent over this connection, and that the server has confirmed. */
    uint32_t sent, confirmed;
    bool synced;
    uint64_t began, synced_at;
    size_t state_bytes;
};

/* The same for all clients. */
extern struct habits {
    /* The protocol of the server: Arena's, Hocuspocus', or else plain y-websocket. */
    bool arena, hocuspocus;
    /* The name of the shared text. */
    const char *root;
    unsigned typists;
    /* Characters that a typist can type at most. */
    uint32_t most_typed;
    /* Whether a cursor goes with each edit. */
    bool cursors;
} habits;

/* All that has happened; `measured` counts only while `measuring`. */
extern struct tally {
    unsigned synced, wrong, lost, refused;
    bool measuring;
    struct {
        uint64_t keys, deliveries, frames, cursors, bytes;
        struct histogram delays, lateness;
    } measured;
} tally;

/* The callbacks of the clients' connections. */
extern const struct listener clients_listener;

/* Connect, and ask for the text. */
void start_client(struct client *client);

/* Type characters that were due at one time. */
void type_characters(struct client *client, unsigned count, uint64_t due);
