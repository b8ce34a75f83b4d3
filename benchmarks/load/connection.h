/* WebSocket clients over epoll: many connections to one server on this machine, in one thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connection_state { CLOSED, CONNECTING, HANDSHAKE, OPEN };

/* Bytes that wait for the rest of a message, or for space in the socket; mostly none. */
struct queue {
    uint8_t *bytes;
    size_t length, size;
};

struct connection {
    int socket;
    enum connection_state state;
    /* The path of the address, and the subprotocols to ask for; empty for none. */
    const char *path;
    char protocols[128];
    /* The last two bytes of the client's address: each client has its own, as on the internet. */
    uint16_t address;
    struct queue in, out;
};

/* The callbacks of all connections. */
struct listener {
    void (*opened)(struct connection *connection);
    /* A message, and the time at which it was read. */
    void (*received)(struct connection *connection, bool is_text, const uint8_t *bytes,
                     size_t length, uint64_t arrived);
    /* The server has closed the connection, or it failed: the close code, or 0. */
    void (*lost)(struct connection *connection, unsigned code);
};

/* Connections go to this port of 127.0.0.1. */
void begin_connections(uint16_t port, struct listener listener);

void open_connection(struct connection *connection);

/* Send a binary message. */
void send_message(struct connection *connection, const uint8_t *bytes, size_t length);

/* Drop a connection as a network does: the server gets a reset, and no close frame. */
void drop_connection(struct connection *connection);

/* Handle all that has arrived; wait for it until a time of the monotonic clock, if need be. */
void handle_events(uint64_t until);
