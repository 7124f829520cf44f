/* SPDX-License-Identifier: MIT */
/* gio HOST PORT COUNT: pages by GLib's socket client, which looks names up in threads. */
#include "pages.h"

#include <gio/gio.h>

struct page {
	int number;
	char *request;
	char bytes[4096];
	GSocketConnection *stream;
};

static struct pages pages;
static GMainLoop *loop;

static void end(struct page *page, GError *error)
{
	if (error) {
		complain(page->number, "gio", error->message);
		g_error_free(error);
	}
	g_clear_object(&page->stream);
	if (--pages.left == 0)
		g_main_loop_quit(loop);
}

static void on_read(GObject *object, GAsyncResult *result, gpointer data)
{
	struct page *page = data;
	GError *error = NULL;
	gssize n = g_input_stream_read_finish(G_INPUT_STREAM(object), result, &error);

	if (n <= 0) {
		end(page, error);
		return;
	}
	say(page->bytes, (size_t)n);
	g_input_stream_read_async(
		G_INPUT_STREAM(object), page->bytes, sizeof(page->bytes), 0, NULL, on_read, page);
}

static void on_written(GObject *object, GAsyncResult *result, gpointer data)
{
	struct page *page = data;
	GError *error = NULL;

	if (!g_output_stream_write_all_finish(G_OUTPUT_STREAM(object), result, NULL, &error))
		end(page, error);
	else
		g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(page->stream)),
			page->bytes, sizeof(page->bytes), 0, NULL, on_read, page);
}

static void on_open(GObject *object, GAsyncResult *result, gpointer data)
{
	struct page *page = data;
	GError *error = NULL;

	page->stream =
		g_socket_client_connect_to_host_finish(G_SOCKET_CLIENT(object), result, &error);
	if (!page->stream)
		end(page, error);
	else
		g_output_stream_write_all_async(
			g_io_stream_get_output_stream(G_IO_STREAM(page->stream)), page->request,
			strlen(page->request), 0, NULL, on_written, page);
}

int main(int argc, char **argv)
{
	GSocketClient *client = g_socket_client_new();
	struct page *page;

	pages = pages_of(argc, argv);
	page = calloc((size_t)pages.count, sizeof(*page));
	loop = g_main_loop_new(NULL, FALSE);
	for (int i = 0; i < pages.count; i++) {
		page[i].number = i;
		page[i].request = request_of(&pages, i);
		g_socket_client_connect_to_host_async(
			client, pages.host, (guint16)atoi(pages.port), NULL, on_open, &page[i]);
	}
	g_main_loop_run(loop);
	for (int i = 0; i < pages.count; i++)
		free(page[i].request);
	free(page);
	g_object_unref(client);
	return pages.left;
}
