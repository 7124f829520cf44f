/* SPDX-License-Identifier: MIT */
/* Asking a SOCKS5 proxy, in SOCKS5, whether it is Tor. The conversation is a socks_client's. */
#ifndef TUNIC_PROTO_TOR_QUESTION_H
#define TUNIC_PROTO_TOR_QUESTION_H

#include <stdbool.h>

#include "proto/socks_client.h"

/* Begins the conversation: one turn, whose answer is 12 bytes. */
void tor_question_start(struct socks_client *client);

/* Has it ended with the answer that Tor gives? False, too, while it goes on. */
bool tor_question_affirmed(const struct socks_client *client);

#endif
