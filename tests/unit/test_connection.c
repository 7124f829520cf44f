/* SPDX-License-Identifier: MIT */
/* The conversation on a descriptor, against a proxy that is the same thread: nothing may block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/connection.h"
#include "lib/real.h"
#include "proto/socks_server.h"

/* Both ends of one connection. */
struct scene {
	int listener, client, server;
	struct sockaddr_in proxy;
	struct connection connection;
	struct socks_server socks_server;
};

static enum step start(struct connection *connection, int fd, const struct sockaddr *proxy,
	socklen_t proxy_len, const struct socks_client *socks)
{
	connection_prepare(connection, fd, proxy, proxy_len, socks);
	return connection_begun(connection, connection_reach(connection));
}

static void open_scene(struct scene *scene, int mode, bool one_turn)
{
	const struct socks_login login = {.user = "<torS0X>0", .password = "tag"};
	const int on = 1;
	socklen_t len = sizeof(scene->proxy);
	struct socks_target target;
	struct socks_client socks;

	*scene = (struct scene){.proxy = {.sin_family = AF_INET}};
	scene->proxy.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	scene->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(scene->listener, (struct sockaddr *)&scene->proxy, len), 0);
	assert_int_equal(listen(scene->listener, 5), 0);
	assert_int_equal(getsockname(scene->listener, (struct sockaddr *)&scene->proxy, &len), 0);
	scene->client = socket(AF_INET, SOCK_STREAM | mode, 0);
	assert_true(socks_target_name(&target, "example.com", 80));
	assert_true(socks_client_start(&socks, SOCKS_COMMAND_CONNECT, &target, &login, one_turn));
	assert_int_equal(start(&scene->connection, scene->client, (struct sockaddr *)&scene->proxy,
				 sizeof(scene->proxy), &socks),
		STEP_GOING_ON);
	scene->server = accept(scene->listener, NULL, NULL);
	assert_true(scene->server >= 0);
	/* Single bytes have to leave at once: nobody here waits for the clock. */
	setsockopt(scene->server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	socks_server_start(&scene->socks_server, false, true);
}

static void close_scene(struct scene *scene)
{
	close(scene->client);
	close(scene->server);
	close(scene->listener);
}

/* The proxy takes what is there and answers `chunk` bytes at a time, the client stepping between.
 */
static void serve(struct scene *scene, size_t chunk)
{
	struct socks_server *server = &scene->socks_server;
	const uint8_t *out;
	uint8_t in[512];
	size_t n;

	while (out = socks_server_emit(server, &n), n > 0) {
		n = n < chunk ? n : chunk;
		assert_int_equal(send(scene->server, out, n, 0), n);
		socks_server_sent(server, n);
		connection_step(&scene->connection);
	}
	n = socks_server_want(server);
	if (n > 0) {
		ssize_t got = recv(scene->server, in, n < chunk ? n : chunk, MSG_DONTWAIT);

		if (got > 0)
			socks_server_feed(server, in, (size_t)got);
	}
	connection_step(&scene->connection);
}

static void play(struct scene *scene, size_t chunk)
{
	for (int i = 0; i < 2000 && socks_server_outcome(&scene->socks_server) == STEP_GOING_ON;
		i++)
		serve(scene, chunk);
	assert_int_equal(socks_server_outcome(&scene->socks_server), STEP_DONE);
	assert_string_equal(scene->socks_server.target.name, "example.com");
	assert_string_equal(scene->socks_server.password, "tag");
}

static void succeeds(int mode, bool one_turn, size_t chunk)
{
	struct scene scene;
	char rest[8] = "";

	open_scene(&scene, mode, one_turn);
	play(&scene, chunk);
	socks_server_reply(&scene.socks_server, SOCKS_REPLY_SUCCEEDED, NULL);
	for (int i = 0; i < 100; i++)
		serve(&scene, chunk);
	assert_int_equal(send(scene.server, "banner", 6, 0), 6);
	assert_int_equal(connection_finish(&scene.connection, connection_now() + 5000), STEP_DONE);
	assert_int_equal(recv(scene.client, rest, sizeof(rest), 0), 6);
	assert_string_equal(rest, "banner");
	assert_int_equal(fcntl(scene.client, F_GETFL) & O_NONBLOCK, mode ? O_NONBLOCK : 0);
	close_scene(&scene);
}

static void it_opens_in_every_mode_however_the_answers_are_cut(void **state)
{
	const size_t chunks[] = {1, 2, 3, 7, 512};

	(void)state;
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		succeeds(0, false, chunks[i]);
		succeeds(0, true, chunks[i]);
		succeeds(SOCK_NONBLOCK, false, chunks[i]);
		succeeds(SOCK_NONBLOCK, true, chunks[i]);
	}
}

static void bytes_glued_to_the_reply_stay_for_the_program(void **state)
{
	static const uint8_t glued[] = {5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 'h', 'i'};
	struct scene scene;
	char rest[8] = "";

	(void)state;
	open_scene(&scene, 0, true);
	play(&scene, 512);
	serve(&scene, 512);
	assert_int_equal(send(scene.server, glued, sizeof(glued), 0), sizeof(glued));
	assert_int_equal(connection_finish(&scene.connection, connection_now() + 5000), STEP_DONE);
	assert_int_equal(recv(scene.client, rest, sizeof(rest), 0), 2);
	assert_string_equal(rest, "hi");
	close_scene(&scene);
}

static void who_did_not_wait_for_the_kernel_is_still_told_once(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene, SOCK_NONBLOCK, true);
	play(&scene, 512);
	socks_server_reply(&scene.socks_server, SOCKS_REPLY_SUCCEEDED, NULL);
	serve(&scene, 512);
	assert_int_equal(connection_finish(&scene.connection, connection_now() + 5000), STEP_DONE);
	assert_int_equal(
		connect(scene.client, (struct sockaddr *)&scene.proxy, sizeof(scene.proxy)), 0);
	assert_int_equal(
		connect(scene.client, (struct sockaddr *)&scene.proxy, sizeof(scene.proxy)), -1);
	assert_int_equal(errno, EISCONN);
	close_scene(&scene);
}

static void a_refusal_is_its_errno(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene, 0, false);
	play(&scene, 512);
	socks_server_reply(&scene.socks_server, SOCKS_REPLY_TTL_EXPIRED, NULL);
	serve(&scene, 512);
	assert_int_equal(
		connection_finish(&scene.connection, connection_now() + 5000), STEP_FAILED);
	assert_int_equal(scene.connection.failure, CONNECTION_TALK);
	assert_int_equal(scene.connection.error, ETIMEDOUT);
	close_scene(&scene);
}

static void a_proxy_that_closes_ends_it(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene, 0, false);
	shutdown(scene.server, SHUT_WR);
	assert_int_equal(
		connection_finish(&scene.connection, connection_now() + 5000), STEP_FAILED);
	assert_int_equal(scene.connection.socks.failure, SOCKS_FAILURE_CUT);
	assert_int_equal(connection_step(&scene.connection), STEP_FAILED);
	close_scene(&scene);
}

static void a_silent_proxy_is_waited_for_until_the_deadline(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene, 0, false);
	assert_int_equal(
		connection_finish(&scene.connection, connection_now() + 30), STEP_GOING_ON);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(connection_give_up(&scene.connection), STEP_FAILED);
	assert_int_equal(scene.connection.failure, CONNECTION_DEADLINE);
	assert_int_equal(scene.connection.error, ETIMEDOUT);
	close_scene(&scene);
}

static void a_proxy_that_is_not_there_is_told_from_a_refusal(void **state)
{
	struct scene scene;
	struct connection connection;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	(void)state;
	open_scene(&scene, 0, true);
	close_scene(&scene);
	start(&connection, fd, (struct sockaddr *)&scene.proxy, sizeof(scene.proxy),
		&scene.connection.socks);
	assert_int_equal(connection_finish(&connection, connection_now() + 5000), STEP_FAILED);
	assert_int_equal(connection.failure, CONNECTION_UNREACHED);
	assert_int_equal(connection.error, ECONNREFUSED);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_opens_in_every_mode_however_the_answers_are_cut),
		cmocka_unit_test(bytes_glued_to_the_reply_stay_for_the_program),
		cmocka_unit_test(who_did_not_wait_for_the_kernel_is_still_told_once),
		cmocka_unit_test(a_refusal_is_its_errno),
		cmocka_unit_test(a_proxy_that_closes_ends_it),
		cmocka_unit_test(a_silent_proxy_is_waited_for_until_the_deadline),
		cmocka_unit_test(a_proxy_that_is_not_there_is_told_from_a_refusal),
	};

	if (!real_bind())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
