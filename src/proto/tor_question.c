/* SPDX-License-Identifier: MIT */
/*
 * The question is to RESOLVE a name that is an address already. Tor answers it out of its head, with
 * that address: without a circuit, before it has any, on every port that may resolve at all. An
 * ordinary proxy does not know the command; one that grants whatever it is asked names no address;
 * one that sends the request back sends the text. It is asked as text because of Tor itself, which takes
 * an address in binary for a program that leaks its look-ups: it warns of it in its log, and with
 * SafeSocks refuses.
 *
 * It is asked in one turn and without credentials. So a yes also says that greeting and request may
 * come together, which is what the answer is wanted for. To be told apart by an HTTP request, or by an
 * answer that Tor leaves out, would cost a warning in Tor's log, or mean one implementation of Tor only.
 */
#include "proto/tor_question.h"

/* TEST-NET-1: nobody's, should a proxy take the question for a connection that is wanted. */
static const char question[] = "192.0.2.1";

void tor_question_start(struct socks_client *client)
{
	struct socks_target target;

	socks_target_name(&target, question, 0);
	socks_client_start(client, SOCKS_COMMAND_RESOLVE, &target, NULL, true);
}

bool tor_question_affirmed(const struct socks_client *client)
{
	struct addr asked;

	addr_parse(&asked, question);
	return socks_client_outcome(client) == STEP_DONE &&
	       addr_equal(&client->target.addr, &asked);
}
