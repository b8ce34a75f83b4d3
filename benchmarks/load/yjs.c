#include "yjs.h"

#include <stdio.h>
#include <string.h>

/* Content types of Yjs, and flags of the byte that they are in. */
enum { GONE = 0, DELETED = 1, STRING = 4, SKIP = 10, TYPE_MASK = 31 };
enum { HAS_LEFT = 0x80, HAS_RIGHT = 0x40, HAS_KEY = 0x20 };

uint64_t read_uint(struct reader *reader) {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        uint8_t byte = *reader->at++;
        number |= (uint64_t)(byte & 127) << shift;
        if (!(byte & 128)) return number;
    }
    reader->bad = true;
    return 0;
}

struct reader read_block(struct reader *reader) {
    uint64_t length = read_uint(reader);
    if (length > (uint64_t)(reader->end - reader->at)) {
        reader->bad = true;
        length = 0;
    }
    struct reader block = {reader->at, reader->at + length, false};
    reader->at += length;
    return block;
}

void write_bytes(struct writer *writer, const void *bytes, size_t length) {
    memcpy(writer->bytes + writer->length, bytes, length);
    writer->length += length;
}

void write_uint(struct writer *writer, uint64_t number) {
    for (; number > 127; number >>= 7) writer->bytes[writer->length++] = (uint8_t)(number | 128);
    writer->bytes[writer->length++] = (uint8_t)number;
}

void write_block(struct writer *writer, const void *bytes, size_t length) {
    write_uint(writer, length);
    write_bytes(writer, bytes, length);
}

char typed_at(uint64_t clock) { return clock % 60 == 59 ? '\n' : (char)('a' + clock % 26); }

void write_insert(struct writer *writer, const char *root, uint32_t client, uint64_t clock,
                  unsigned count) {
    write_uint(writer, 1); /* one client */
    write_uint(writer, 1); /* with one struct */
    write_uint(writer, client);
    write_uint(writer, clock);
    if (clock == 0) {
        write_uint(writer, STRING);
        write_uint(writer, 1); /* the parent is a root */
        write_block(writer, root, strlen(root));
    } else {
        write_bytes(writer, (uint8_t[]){STRING | HAS_LEFT}, 1);
        write_uint(writer, client);
        write_uint(writer, clock - 1);
    }
    write_uint(writer, count);
    for (unsigned i = 0; i < count; i++) {
        writer->bytes[writer->length++] = (uint8_t)typed_at(clock + i);
    }
    write_uint(writer, 0); /* nothing is deleted */
}

void write_cursor(struct writer *writer, const char *root, uint32_t client, uint64_t clock,
                  uint64_t typed) {
    char place[128] = "null", state[512];
    if (typed) {
        snprintf(place, sizeof place,
                 "{\"type\":null,\"tname\":\"%s\",\"item\":{\"client\":%u,\"clock\":%lu},"
                 "\"assoc\":0}",
                 root, client, (unsigned long)typed - 1);
    }
    int length = snprintf(state, sizeof state,
                          "{\"user\":{\"id\":\"%08x\",\"name\":\"Candidate\",\"color\":"
                          "\"#30bced\"},\"cursor\":{\"anchor\":%s,\"head\":%s}}",
                          client, place, place);
    write_uint(writer, 1); /* one client */
    write_uint(writer, client);
    write_uint(writer, clock);
    write_block(writer, state, (size_t)length);
}

/* The part of a struct before its content. */
static void skip_neighbours(struct reader *reader, uint8_t info) {
    unsigned ids = (info & HAS_LEFT ? 1u : 0u) + (info & HAS_RIGHT ? 1u : 0u);
    for (unsigned i = 0; i < 2 * ids; i++) read_uint(reader);
    if (ids) return;
    if (read_uint(reader) == 1) {
        read_block(reader); /* the name of the root */
    } else {
        read_uint(reader); /* the id of the parent */
        read_uint(reader);
    }
    if (info & HAS_KEY) read_block(reader);
}

/* The length of a text in Yjs' clock: UTF-16 units. */
static uint64_t units(struct reader text) {
    uint64_t count = 0;
    for (const uint8_t *at = text.at; at < text.end; at++) {
        count += (*at & 0xC0) != 0x80;
        count += (*at & 0xF8) == 0xF0;
    }
    return count;
}

bool read_update(struct reader reader, on_text *found, void *context) {
    uint64_t clients = read_uint(&reader);
    while (clients-- && !reader.bad) {
        uint64_t structs = read_uint(&reader), client = read_uint(&reader);
        uint64_t clock = read_uint(&reader);
        while (structs-- && !reader.bad) {
            if (reader.at == reader.end) return false;
            uint8_t info = *reader.at++, type = info & TYPE_MASK;
            if (type == GONE || type == SKIP) {
                clock += read_uint(&reader);
                continue;
            }
            skip_neighbours(&reader, info);
            if (type == DELETED) {
                clock += read_uint(&reader);
            } else if (type == STRING) {
                struct reader text = read_block(&reader);
                found(context, client, clock, text.at, (size_t)(text.end - text.at));
                clock += units(text);
            } else {
                return false;
            }
        }
    }
    return !reader.bad;
}
