/* SPDX-License-Identifier: MIT */
/* libevent HOST PORT COUNT: pages by libevent's buffered sockets, which connect by name. */
#include "pages.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

static struct pages pages;

static void on_read(struct bufferevent *stream, void *i)
{
	char bytes[4096];
	size_t n;

	(void)i;
	while ((n = bufferevent_read(stream, bytes, sizeof(bytes))) > 0)
		say(bytes, n);
}

static void on_event(struct bufferevent *stream, short what, void *i)
{
	if (what & BEV_EVENT_CONNECTED)
		return;
	if (what & BEV_EVENT_ERROR)
		complain(*(int *)i, "libevent",
			evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
	bufferevent_free(stream);
	pages.left--;
}

int main(int argc, char **argv)
{
	struct event_base *base = event_base_new();
	int *numbers;

	pages = pages_of(argc, argv);
	numbers = calloc((size_t)pages.count, sizeof(*numbers));
	for (int i = 0; i < pages.count; i++) {
		struct bufferevent *stream =
			bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
		char *request = request_of(&pages, i);

		numbers[i] = i;
		bufferevent_setcb(stream, on_read, NULL, on_event, &numbers[i]);
		bufferevent_enable(stream, EV_READ | EV_WRITE);
		bufferevent_write(stream, request, strlen(request));
		bufferevent_socket_connect_hostname(
			stream, NULL, AF_UNSPEC, pages.host, atoi(pages.port));
		free(request);
	}
	event_base_dispatch(base);
	free(numbers);
	event_base_free(base);
	return pages.left;
}
