/* Messages of the Yjs sync and awareness protocols, with lib0's variable-length numbers.
 *
 * Sources: https://github.com/yjs/y-protocols (PROTOCOL.md) and, for updates, Yjs' own
 * UpdateEncoderV1 (https://github.com/yjs/yjs, src/utils/UpdateEncoder.js). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame { SYNC = 0, AWARENESS = 1, AUTH = 2, SYNC_REPLY = 4, DOCUMENT = 100 };
enum sync { STEP1 = 0, STEP2 = 1, UPDATE = 2, CHECK = 3 };

/* Bytes to read; `bad` is set, and stays, at the first number or text that is not complete. */
struct reader {
    const uint8_t *at, *end;
    bool bad;
};

uint64_t read_uint(struct reader *reader);
/* A text or a block: its length, then its bytes. */
struct reader read_block(struct reader *reader);

/* A message that is written; the buffer holds any message of ours. */
struct writer {
    uint8_t bytes[1 << 17];
    size_t length;
};

void write_uint(struct writer *writer, uint64_t number);
void write_bytes(struct writer *writer, const void *bytes, size_t length);
void write_block(struct writer *writer, const void *bytes, size_t length);

/* The character that each typist types at a clock: readers can check it without a memory. */
char typed_at(uint64_t clock);

/* The update by which a typist appends `count` characters to what it has typed before. */
void write_insert(struct writer *writer, const char *root, uint32_t client, uint64_t clock,
                  unsigned count);

/* The awareness update of a client whose cursor is behind its last character. */
void write_cursor(struct writer *writer, const char *root, uint32_t client, uint64_t clock,
                  uint64_t typed);

/* Called for each text in an update: its client, the clock of its first character, its bytes. */
typedef void on_text(void *context, uint64_t client, uint64_t clock, const uint8_t *text,
                     size_t length);

/* Find the texts in an update of texts; false if it is malformed or contains anything else. */
bool read_update(struct reader reader, on_text *found, void *context);
