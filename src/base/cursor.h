/* SPDX-License-Identifier: MIT */
/* Reading bytes from a view and writing them into a buffer, with the bounds in one place. */
#ifndef TUNIC_BASE_CURSOR_H
#define TUNIC_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A sink fills a caller's buffer from the front. A put that does not fit writes nothing and makes
 * `overflow` true for good, so that a message is checked once, at its end.
 */
struct sink {
	uint8_t *buf;
	size_t len;
	size_t cap;
	bool overflow;
};

/* A sink over the `cap` bytes at `buf`, which the caller keeps. */
static inline struct sink sink_over(uint8_t *buf, size_t cap)
{
	return (struct sink){.buf = buf, .len = 0, .cap = cap, .overflow = false};
}

static inline void sink_put(struct sink *sink, const void *bytes, size_t n)
{
	if (sink->overflow || n > sink->cap - sink->len) {
		sink->overflow = true;
		return;
	}
	if (n > 0)
		memcpy(sink->buf + sink->len, bytes, n);
	sink->len += n;
}

static inline void sink_u8(struct sink *sink, uint8_t value)
{
	sink_put(sink, &value, 1);
}

/* Big-endian, as every message on the wire here. */
static inline void sink_u16(struct sink *sink, uint16_t value)
{
	const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	sink_put(sink, bytes, sizeof(bytes));
}

/* The big-endian 16-bit number at `at`. */
static inline uint16_t read_u16(const uint8_t at[static 2])
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

#endif
