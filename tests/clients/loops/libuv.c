/* SPDX-License-Identifier: MIT */
/* libuv HOST PORT COUNT: pages by libuv, names by its thread pool. */
#include "pages.h"

#include <uv.h>

struct page {
	uv_tcp_t stream;
	uv_getaddrinfo_t look_up;
	uv_connect_t connect;
	uv_write_t write;
	int number;
	char *request;
	char bytes[4096];
};

static struct pages pages;

static void end(struct page *page, int status)
{
	if (status < 0)
		complain(page->number, "libuv", uv_strerror(status));
	uv_close((uv_handle_t *)&page->stream, NULL);
	pages.left--;
}

static void give_bytes(uv_handle_t *handle, size_t n, uv_buf_t *buf)
{
	struct page *page = handle->data;

	(void)n;
	*buf = uv_buf_init(page->bytes, sizeof(page->bytes));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	if (n >= 0)
		say(buf->base, (size_t)n);
	else
		end(stream->data, n == UV_EOF ? 0 : (int)n);
}

static void on_open(uv_connect_t *connect, int status)
{
	struct page *page = connect->data;
	uv_buf_t buf;

	if (status < 0) {
		end(page, status);
		return;
	}
	buf = uv_buf_init(page->request, (unsigned)strlen(page->request));
	uv_write(&page->write, connect->handle, &buf, 1, NULL);
	uv_read_start(connect->handle, give_bytes, on_read);
}

static void on_name(uv_getaddrinfo_t *look_up, int status, struct addrinfo *found)
{
	struct page *page = look_up->data;

	if (status == 0)
		status = uv_tcp_connect(&page->connect, &page->stream, found->ai_addr, on_open);
	if (status < 0)
		end(page, status);
	uv_freeaddrinfo(found);
}

int main(int argc, char **argv)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	uv_loop_t *loop = uv_default_loop();
	struct page *page;

	pages = pages_of(argc, argv);
	page = calloc((size_t)pages.count, sizeof(*page));
	for (int i = 0; i < pages.count; i++) {
		page[i].number = i;
		page[i].request = request_of(&pages, i);
		page[i].stream.data = page[i].look_up.data = page[i].connect.data = &page[i];
		uv_tcp_init(loop, &page[i].stream);
		uv_getaddrinfo(loop, &page[i].look_up, on_name, pages.host, pages.port, &hints);
	}
	uv_run(loop, UV_RUN_DEFAULT);
	for (int i = 0; i < pages.count; i++)
		free(page[i].request);
	free(page);
	return pages.left;
}
