/* SPDX-License-Identifier: MIT */
/* What front and supervisor tell each other, over a SOCK_SEQPACKET pair. */
#ifndef TUNIC_BIN_GUARD_CHANNEL_H
#define TUNIC_BIN_GUARD_CHANNEL_H

#include <stdbool.h>
#include <sys/types.h>

enum tiding {
	TIDING_STARTED, /* `value`: the program's process id */
	TIDING_STATUS,  /* `value`: what waitpid(2) told of the program */
	TIDING_LAST,    /* likewise, and nothing guarded is left: the supervisor ends, too */
	TIDING_FAILED,  /* `value`: an errno; there is no guard, and no program was started */
	TIDING_SIGNAL,  /* to the supervisor: send this signal to the program */
};

struct message {
	enum tiding tiding;
	int value;
	char what[64]; /* TIDING_FAILED: what could not be done */
};

/* False: nobody is at the other end. */
bool channel_send(int channel, const struct message *message);
bool channel_receive(int channel, struct message *message);

/*
 * Send and receive a descriptor beside at most 64 bytes. Sent may be -1 for none, which is what *fd is
 * where none came. Receiving returns how many bytes came, or -1.
 */
bool channel_send_descriptor(int channel, const void *bytes, size_t len, int fd);
ssize_t channel_receive_descriptor(int channel, void *bytes, size_t len, int *fd);

#endif
