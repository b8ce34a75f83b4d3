#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

/* WebSocket, RFC 6455: opcodes, and flags of the first two bytes. */
enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10, FINAL = 0x80, MASKED = 0x80 };

enum { CHUNK = 1 << 18, EVENTS = 256, HEADER = 14 };

static struct sockaddr_in server;
static struct listener listener;
static int poll_descriptor;

static void append(struct queue *queue, const uint8_t *bytes, size_t length) {
    if (queue->length + length > queue->size) {
        queue->size = 2 * (queue->length + length);
        queue->bytes = realloc(queue->bytes, queue->size);
        if (!queue->bytes) abort();
    }
    memcpy(queue->bytes + queue->length, bytes, length);
    queue->length += length;
}

static void take(struct queue *queue, size_t length) {
    queue->length -= length;
    memmove(queue->bytes, queue->bytes + length, queue->length);
}

void begin_connections(uint16_t port, struct listener callbacks) {
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = callbacks;
    poll_descriptor = epoll_create1(0);
}

static void watch(struct connection *connection, int how, bool writing) {
    struct epoll_event event = {EPOLLIN | (writing ? EPOLLOUT : 0), {.ptr = connection}};
    epoll_ctl(poll_descriptor, how, connection->socket, &event);
}

static void forget(struct connection *connection) {
    close(connection->socket);
    connection->state = CLOSED;
    connection->in.length = connection->out.length = 0;
}

static void lose(struct connection *connection, unsigned code) {
    forget(connection);
    listener.lost(connection, code);
}

void open_connection(struct connection *connection) {
    int on = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in own = {.sin_family = AF_INET};
    own.sin_addr.s_addr = htonl(0x7f010000u + connection->address);
    connection->socket = descriptor;
    connection->state = CONNECTING;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    bool failed = bind(descriptor, (struct sockaddr *)&own, sizeof own) != 0;
    failed = failed || (connect(descriptor, (struct sockaddr *)&server, sizeof server) &&
                        errno != EINPROGRESS);
    if (failed) {
        lose(connection, 0);
        return;
    }
    watch(connection, EPOLL_CTL_ADD, true);
}

void drop_connection(struct connection *connection) {
    if (connection->state == CLOSED) return;
    struct linger reset = {1, 0};
    setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    forget(connection);
}

/* Send bytes; those that find no space in the socket wait. */
static void send_bytes(struct connection *connection, const uint8_t *bytes, size_t length) {
    ssize_t sent = 0;
    if (!connection->out.length) {
        sent = send(connection->socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return; /* the next read says why */
        if (sent < 0) sent = 0;
    }
    if ((size_t)sent < length) {
        append(&connection->out, bytes + sent, length - (size_t)sent);
        watch(connection, EPOLL_CTL_MOD, true);
    }
}

static void flush(struct connection *connection) {
    struct queue *out = &connection->out;
    ssize_t sent = send(connection->socket, out->bytes, out->length, MSG_NOSIGNAL);
    if (sent > 0) take(out, (size_t)sent);
    if (!out->length) watch(connection, EPOLL_CTL_MOD, false);
}

static void send_frame(struct connection *connection, int opcode, const uint8_t *bytes,
                       size_t length) {
    static uint8_t frame[HEADER + CHUNK];
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    size_t at = 0;
    frame[at++] = (uint8_t)(FINAL | opcode);
    if (length < 126) {
        frame[at++] = (uint8_t)(MASKED | length);
    } else {
        unsigned size = length < 65536 ? 2 : 8;
        frame[at++] = MASKED | (size == 2 ? 126 : 127);
        while (size--) frame[at++] = (uint8_t)(length >> (8 * size));
    }
    memcpy(frame + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < length; i++) frame[at + i] = bytes[i] ^ mask[i & 3];
    send_bytes(connection, frame, at + length);
}

void send_message(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (connection->state == OPEN) send_frame(connection, BINARY, bytes, length);
}

static void ask_for_upgrade(struct connection *connection) {
    char text[1024];
    const char *name = connection->protocols[0] ? "\r\nSec-WebSocket-Protocol: " : "";
    int length = snprintf(text, sizeof text,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==%s%s\r\n\r\n",
                          connection->path, ntohs(server.sin_port), name, connection->protocols);
    connection->state = HANDSHAKE;
    watch(connection, EPOLL_CTL_MOD, false);
    send_bytes(connection, (uint8_t *)text, (size_t)length);
}

/* Read the answer to a handshake; returns its length, 0 while it is not complete. */
static size_t read_upgrade(struct connection *connection, const uint8_t *bytes, size_t length) {
    const uint8_t *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    if (memcmp(bytes, "HTTP/1.1 101", 12) != 0) {
        fprintf(stderr, "handshake: %.*s\n", (int)(end - bytes), bytes);
        lose(connection, 0);
        return 0;
    }
    connection->state = OPEN;
    listener.opened(connection);
    return (size_t)(end - bytes) + 4;
}

/* Read one frame; returns its length, 0 while it is not complete. */
static size_t read_frame(struct connection *connection, const uint8_t *bytes, size_t length,
                         uint64_t arrived) {
    if (length < 2) return 0;
    size_t header = 2, size = bytes[1] & 127;
    if (size > 125) {
        header += size == 126 ? 2 : 8;
        if (length < header) return 0;
        size = 0;
        for (size_t i = 2; i < header; i++) size = size << 8 | bytes[i];
    }
    if (length < header + size) return 0;
    const uint8_t *payload = bytes + header;
    switch (bytes[0]) {
    case FINAL | TEXT:
    case FINAL | BINARY:
        listener.received(connection, bytes[0] == (FINAL | TEXT), payload, size, arrived);
        break;
    case FINAL | PING:
        send_frame(connection, PONG, payload, size);
        break;
    case FINAL | CLOSE:
        lose(connection, size < 2 ? 0 : payload[0] * 256u + payload[1]);
        break;
    default: /* compressed, or in pieces: nobody asked for that */
        lose(connection, 1002);
    }
    return header + size;
}

/* Read as much as is complete; returns the number of bytes. */
static size_t read_all(struct connection *connection, const uint8_t *bytes, size_t length,
                       uint64_t arrived) {
    size_t done = 0, read = 1;
    while (read && connection->state >= HANDSHAKE) {
        read = connection->state == HANDSHAKE
                   ? read_upgrade(connection, bytes + done, length - done)
                   : read_frame(connection, bytes + done, length - done, arrived);
        done += read;
    }
    return done;
}

static void receive(struct connection *connection) {
    static uint8_t chunk[CHUNK];
    ssize_t length = recv(connection->socket, chunk, sizeof chunk, 0);
    if (length <= 0) {
        if (length == 0 || (errno != EAGAIN && errno != EINTR)) lose(connection, 0);
        return;
    }
    uint64_t arrived = now();
    struct queue *in = &connection->in;
    if (in->length) {
        append(in, chunk, (size_t)length);
        size_t done = read_all(connection, in->bytes, in->length, arrived);
        if (connection->state != CLOSED) take(in, done);
        return;
    }
    size_t done = read_all(connection, chunk, (size_t)length, arrived);
    if (connection->state != CLOSED && done < (size_t)length) {
        append(in, chunk + done, (size_t)length - done);
    }
}

void handle_events(uint64_t until) {
    struct epoll_event events[EVENTS];
    uint64_t time = now(), left = until > time ? until - time : 0;
    struct timespec timeout = {(time_t)(left / SECOND), (long)(left % SECOND)};
    int count = epoll_pwait2(poll_descriptor, events, EVENTS, &timeout, NULL);
    for (int i = 0; i < count; i++) {
        struct connection *connection = events[i].data.ptr;
        if (connection->state == CONNECTING) {
            if (events[i].events & (EPOLLERR | EPOLLHUP)) lose(connection, 0);
            else ask_for_upgrade(connection);
            continue;
        }
        if (connection->state != CLOSED && events[i].events & EPOLLOUT) flush(connection);
        if (connection->state != CLOSED && events[i].events & ~(uint32_t)EPOLLOUT) {
            receive(connection);
        }
    }
}
