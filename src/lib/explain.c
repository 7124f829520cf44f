/* SPDX-License-Identifier: MIT */
/* The line about a connection that failed. */
#include "lib/explain.h"

#include <string.h>

#include "lib/libc.h"
#include "lib/log.h"
#include "lib/proxy.h"

static void target_text(const struct socks_target *target, struct text *out)
{
	char addr[ADDR_TEXT_MAX];
	bool v6 = target->addr.family == ADDR_V6;

	if (target->addr.family == ADDR_NONE)
		text_add(out, target->name);
	else
		text_add_all(out, v6 ? "[" : "", addr_format(&target->addr, addr), v6 ? "]" : "",
			(const char *)NULL);
	if (target->port != 0) {
		text_add_char(out, ':');
		text_add_number(out, target->port);
	}
}

void explain(const struct connection *connection, const struct socks_target *target)
{
	const struct socks_client *socks = &connection->socks;
	bool replied =
		connection->failure == CONNECTION_TALK && socks->failure == SOCKS_FAILURE_REPLY;
	enum log_level level = replied && socks->reply < 0xf0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARN;
	unsigned kind = replied ? (unsigned)LOG_KIND_REPLY + socks->reply
				: (unsigned)LOG_KIND_FAILURE + socks->failure;
	char where[512], proxy[PROXY_TEXT_MAX];
	struct text text = text_over(where, sizeof(where));

	if (!log_wants(level) ||
		!log_first(connection->failure == CONNECTION_UNREACHED ? LOG_KIND_PROXY : kind))
		return;
	target_text(target, &text);
	proxy_text(proxy);
	if (connection->failure == CONNECTION_UNREACHED)
		log_say(level, "cannot reach the proxy ", proxy, ": ",
			strerrordesc_np(connection->error),
			"; is Tor running there? (proxy = ADDRESS says where it is)", NULL);
	else if (connection->failure == CONNECTION_DEADLINE)
		log_say(level, where, ": no answer from the proxy ", proxy, " in time", NULL);
	else if (socks->failure == SOCKS_FAILURE_NONE)
		log_say(level, where, ": the proxy ", proxy,
			" broke off: ", strerrordesc_np(connection->error), NULL);
	else
		log_say(level, where, ": ", socks_client_sentence(socks), NULL);
}
