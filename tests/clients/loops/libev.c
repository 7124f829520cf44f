/* SPDX-License-Identifier: MIT */
/* libev HOST PORT COUNT: pages by plain sockets and libev's watchers. */
#include "pages.h"

#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

struct page {
	struct ev_io watcher;
	int number;
};

static struct pages pages;

static void end(struct ev_loop *loop, struct page *page)
{
	ev_io_stop(loop, &page->watcher);
	close(page->watcher.fd);
	pages.left--;
}

static void on_read(struct ev_loop *loop, struct ev_io *watcher, int events)
{
	struct page *page = (struct page *)watcher;
	char bytes[4096];
	ssize_t n = read(watcher->fd, bytes, sizeof(bytes));

	(void)events;
	if (n > 0)
		say(bytes, (size_t)n);
	else if (n == 0 || errno != EAGAIN)
		end(loop, page);
}

static void on_open(struct ev_loop *loop, struct ev_io *watcher, int events)
{
	struct page *page = (struct page *)watcher;
	char *request = request_of(&pages, page->number);
	int error = 0;
	socklen_t size = sizeof(error);

	(void)events;
	getsockopt(watcher->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error != 0 || write(watcher->fd, request, strlen(request)) < 0) {
		complain(page->number, "connect", strerror(error ? error : errno));
		end(loop, page);
	} else {
		ev_io_stop(loop, watcher);
		ev_io_init(watcher, on_read, watcher->fd, EV_READ);
		ev_io_start(loop, watcher);
	}
	free(request);
}

static void open_page(struct ev_loop *loop, struct page *page, const struct addrinfo *to)
{
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	ev_io_init(&page->watcher, on_open, fd, EV_WRITE);
	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS) {
		ev_io_start(loop, &page->watcher);
		return;
	}
	complain(page->number, "connect", strerror(errno));
	end(loop, page);
}

int main(int argc, char **argv)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct ev_loop *loop = ev_default_loop(0);
	struct addrinfo *to;
	struct page *page;

	pages = pages_of(argc, argv);
	if (getaddrinfo(pages.host, pages.port, &hints, &to) != 0)
		return 1;
	page = calloc((size_t)pages.count, sizeof(*page));
	for (int i = 0; i < pages.count; i++) {
		page[i].number = i;
		open_page(loop, &page[i], to);
	}
	ev_run(loop, 0);
	freeaddrinfo(to);
	free(page);
	return pages.left;
}
