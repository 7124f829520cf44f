/* SPDX-License-Identifier: MIT */
/*
 * The life of an opening: published, stepped by whoever waits for it, and at last open (the program
 * has its socket, with its options and epoll registrations back) or failed (the socket is as after
 * a refused connect, and the errno is kept until the program asks).
 *
 * No step ever waits. Who has to wait does so outside the lock and not longer than PROGRESS_SLICE
 * at once: another thread, or another process since a fork, may have read the byte that would have
 * woken it.
 */
#include "lib/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/caller_memory.h"
#include "lib/explain.h"
#include "lib/library.h"
#include "lib/real.h"
#include "lib/signals.h"
#include "lib/socket.h"
#include "lib/stand_in.h"
#include "lib/watch.h"

static atomic_bool cautious;

void progress_cautiously(void)
{
	atomic_store_explicit(&cautious, true, memory_order_relaxed);
}

static bool is_optimistic(void)
{
	return library.settings->optimistic &&
	       !atomic_load_explicit(&cautious, memory_order_relaxed);
}

/* The duplicates that the program has made of the socket before connect. */
static void record_duplicates(struct opening *opening, int fd, const struct tunnelled *tunnel)
{
	const uint64_t cookie = fd_table_cookie(fd);

	if (!interest_duplicated(fd))
		return;
	for (int other = interest_next(0); other >= 0; other = interest_next(other + 1))
		if (other != fd && interest_duplicated(other) && fd_table_cookie(other) == cookie) {
			fd_table_record(other, tunnel);
			opening_duplicated(opening);
		}
	if (!atomic_load(&opening->duplicated))
		interest_alone(fd);
}

enum progress_published progress_publish(int fd, const struct tunnelled *tunnel,
	const struct connection *connection, const struct socks_target *target, uint64_t deadline)
{
	const uint64_t cookie = fd_table_cookie(fd);
	struct tunnelled recorded = *tunnel;
	struct opening_hold hold;
	struct opening *opening;

	if (!opening_map_ready() || !opening_lock(&hold))
		return PROGRESS_NO_ROOM;
	opening = opening_at(fd);
	if (opening != NULL && atomic_load(&opening->cookie) == cookie) {
		opening_unlock(&hold);
		return PROGRESS_BEFORE;
	}
	opening = opening_new(cookie);
	recorded.opening = opening_place(opening);
	if (opening != NULL && !fd_table_record(fd, &recorded)) {
		opening_set(opening, OPENING_OVER);
		opening = NULL;
	}
	if (opening != NULL) {
		opening->fd = fd;
		opening->owner = getpid();
		opening->deadline = deadline;
		opening->connection = *connection;
		opening->target = *target;
		aside_put(&opening->aside, fd);
		opening_set(opening, OPENING_GOING_ON);
		record_duplicates(opening, fd, &recorded);
		watch_begin(opening, fd);
	}
	opening_unlock(&hold);
	return opening != NULL ? PROGRESS_PUBLISHED : PROGRESS_NO_ROOM;
}

/*
 * A socket such as the program had takes the place of the stand-in. Whoever else has that, by a
 * fork or a duplicate, is left with a connection that has ended, not with one to the proxy.
 */
static bool stand_in_ends(struct opening *opening, int fd)
{
	struct tunnelled tunnel;
	uint64_t cookie;

	if (!fd_table_peek(fd, &cookie, &tunnel) || tunnel.carrier == CARRIER_OWN)
		return false;
	real.shutdown(fd, SHUT_RDWR);
	if (stand_in_undo(fd, &tunnel) != 0)
		return false;
	tunnel.carrier = CARRIER_OWN;
	atomic_store(&opening->cookie, fd_table_cookie(fd));
	fd_table_record(fd, &tunnel);
	stand_in_refuse(fd, tunnel.domain);
	return true;
}

/*
 * Makes the socket what it is after the kernel's own refusal: closed, with both directions shut and an
 * error in it for poll to tell. To disconnect it closes it, and shutdown, though it says ENOTCONN, marks it.
 */
static void break_off(struct opening *opening, int fd)
{
	if (stand_in_ends(opening, fd))
		return;
	socket_disconnect(fd);
	real.shutdown(fd, SHUT_RDWR);
}

/*
 * The request is on its way, and the program may write after it. That it can read is still hidden
 * from it: what comes first is the proxy's answer, and how long that is nobody knows before it is
 * there.
 */
static void let_write(struct opening *opening)
{
	opening_set(opening, OPENING_OPTIMISTIC);
	watch_arm(opening);
}

/* Under the lock, after a step on the opening's own socket. */
static void settle(struct opening *opening, int fd, enum step step, short waited_for)
{
	bool restored;

	if (step == STEP_GOING_ON) {
		if (atomic_load(&opening->state) == OPENING_OPTIMISTIC)
			return;
		if (is_optimistic() && socks_client_asked(&opening->connection.socks))
			let_write(opening);
		else if (opening->connection.events != waited_for)
			watch_arm(opening);
		return;
	}
	if (step == STEP_FAILED)
		break_off(opening, fd);
	aside_give_back(&opening->aside, fd);
	restored = watch_restore(opening);
	if (step == STEP_DONE)
		opening_set(opening, restored ? OPENING_OVER : OPENING_STANDS);
	else
		opening_set(opening, OPENING_FAILED);
}

/* Another process has ended it, which could not tell in all epolls; perhaps we can. */
static void give_back_rest(struct opening *opening)
{
	if (watch_restore(opening) && atomic_load(&opening->state) == OPENING_STANDS)
		opening_set(opening, OPENING_OVER);
}

/* What a step is: the connection's own, or `error` of its connect(2) to begin with (-1: none). */
static enum step step_of(struct opening *opening, int error)
{
	struct connection *connection = &opening->connection;
	enum step step =
		error >= 0 ? connection_begun(connection, error) : connection_step(connection);

	if (step == STEP_GOING_ON && connection_now() >= opening->deadline)
		step = connection_give_up(connection);
	return step;
}

/* A number that is another after each step that got further. */
static unsigned got_of(const struct opening *opening)
{
	const struct socks_client *socks = &opening->connection.socks;

	return ((unsigned)socks->phase * 4096 + (unsigned)(socks->out_sent + socks->in_len)) * 8 +
	       atomic_load(&opening->state);
}

/* Under the lock. True: it has failed just now, and somebody should say so. */
static bool advance(struct opening *opening, int fd, int error)
{
	const short waited_for = opening->connection.events;

	opening->fd = opening->connection.fd = fd;
	if (atomic_load(&opening->state) == OPENING_LATE)
		opening_set(opening, OPENING_GOING_ON);
	if (!opening_is_under_way(atomic_load(&opening->state))) {
		give_back_rest(opening);
		return false;
	}
	settle(opening, fd, step_of(opening, error), waited_for);
	atomic_store(&opening->events, opening->connection.events);
	atomic_store(&opening->got, got_of(opening));
	return atomic_load(&opening->state) == OPENING_FAILED;
}

/* Under the lock. A descriptor, here, of the opening's socket: `fd` if that is one. -1: none. */
static int fd_of(struct opening *opening, int fd)
{
	const uint64_t cookie = atomic_load(&opening->cookie);

	if (cookie == 0)
		return -1;
	if (fd < 0)
		fd = opening->fd;
	if (fd_table_cookie(fd) == cookie)
		return fd;
	return atomic_load(&opening->duplicated) ? fd_table_other(fd, cookie) : -1;
}

/* `fd` -1: any that is the opening's. */
static enum opening_state step_opening(struct opening *opening, int fd, int error, short *events)
{
	const int saved = errno;
	enum opening_state state = OPENING_OVER;
	struct socks_target target;
	struct connection failed;
	struct opening_hold hold;
	bool tell = false;
	int own;

	if (opening == NULL || !opening_lock(&hold))
		return OPENING_OVER;
	own = fd_of(opening, fd);
	/* Still noted, but another socket by now. The lock keeps out who notes a new one. */
	if (fd >= 0 && own != fd && opening_at(fd) == opening)
		fd_table_forget(fd);
	if (own >= 0 && (fd < 0 || own == fd)) {
		tell = advance(opening, own, error);
		state = atomic_load(&opening->state);
		if (events != NULL)
			*events = opening->connection.events;
	}
	if (tell) {
		failed = opening->connection;
		target = opening->target;
	}
	opening_unlock(&hold);
	if (tell)
		explain(&failed, &target);
	errno = saved;
	return state;
}

enum opening_state progress_begun(int fd, int error)
{
	return step_opening(opening_at(fd), fd, error, NULL);
}

enum opening_state progress_step(int fd, short *events)
{
	return step_opening(opening_at(fd), fd, -1, events);
}

enum opening_state progress_step_opening(struct opening *opening)
{
	return step_opening(opening, -1, -1, NULL);
}

static bool has_to_wait(enum opening_state state, enum progress_goal goal)
{
	return state == OPENING_GOING_ON ||
	       (state == OPENING_OPTIMISTIC && goal == PROGRESS_ANSWERED);
}

/* False: errno is ETIMEDOUT or EINTR. */
static bool wait_a_slice(struct pollfd *pollfd, uint64_t deadline, const sigset_t *mask)
{
	const uint64_t now = connection_now();
	struct timespec piece = {.tv_nsec = PROGRESS_SLICE * 1000000L};

	if (now >= deadline) {
		errno = ETIMEDOUT;
		return false;
	}
	if (deadline - now < PROGRESS_SLICE)
		piece.tv_nsec = (long)(deadline - now) * 1000000L;
	return real.ppoll(pollfd, 1, &piece, mask) >= 0 || errno != EINTR ||
	       !connection_interrupted();
}

enum opening_state progress_wait(int fd, uint64_t deadline, enum progress_goal goal)
{
	struct pollfd pollfd = {.fd = fd};
	enum opening_state state = progress_step(fd, &pollfd.events);
	const sigset_t *mask;
	sigset_t before;

	if (!has_to_wait(state, goal))
		return state;
	mask = signals_hold(&before, NULL);
	while (has_to_wait(state, goal) && wait_a_slice(&pollfd, deadline, mask))
		state = progress_step(fd, &pollfd.events);
	signals_release(&before);
	return state;
}

int progress_failure(int fd)
{
	struct opening *opening = opening_at(fd);
	struct opening_hold hold;
	int error = 0;

	if (opening == NULL || !opening_lock(&hold))
		return 0;
	if (atomic_load(&opening->state) == OPENING_FAILED &&
		atomic_load(&opening->cookie) == fd_table_cookie(fd)) {
		error = opening->connection.error;
		/* The kernel has one, too, but which it is is ours to say. */
		socket_error(fd);
		opening_set(opening, OPENING_TOLD);
	}
	opening_unlock(&hold);
	return error;
}

/* Reads or writes an option that is aside. */
static bool use_aside(int fd, int level, int name, int *value, bool write)
{
	struct opening *opening = opening_at(fd);
	struct opening_hold hold;
	int *kept = NULL;

	if (opening == NULL || !opening_lock(&hold))
		return false;
	if (opening_is_under_way(atomic_load(&opening->state)) &&
		atomic_load(&opening->cookie) == fd_table_cookie(fd))
		kept = aside_value(&opening->aside, level, name);
	if (kept != NULL && write)
		*kept = *value;
	else if (kept != NULL)
		*value = *kept;
	opening_unlock(&hold);
	return kept != NULL;
}

bool progress_get_aside(int fd, int level, int name, int *value)
{
	return use_aside(fd, level, name, value, false);
}

bool progress_set_aside(int fd, int level, int name, const void *value, socklen_t len)
{
	int number;

	if (len < sizeof(number) || !caller_memory_readable(value, sizeof(number)))
		return false;
	memcpy(&number, value, sizeof(number));
	return use_aside(fd, level, name, &number, true);
}

void progress_abandon(int fd)
{
	struct opening *opening = opening_at(fd);
	struct opening_hold hold;

	if (opening == NULL || !opening_lock(&hold))
		return;
	if (atomic_load(&opening->cookie) == fd_table_cookie(fd)) {
		aside_give_back(&opening->aside, fd);
		watch_restore(opening);
		opening_set(opening, OPENING_OVER);
	}
	opening_unlock(&hold);
}

/* After a fork there is one map: what one process began no other finds, yet it is not gone. */
static bool is_ours_alone(const struct opening *opening)
{
	return opening->owner == getpid() && !opening->shared;
}

void progress_closing(int fd)
{
	struct opening *opening = opening_at(fd);
	struct opening_hold hold;
	int other;

	if (opening == NULL || !opening_lock(&hold))
		return;
	if (atomic_load(&opening->cookie) == fd_table_cookie(fd)) {
		other = atomic_load(&opening->duplicated) ? fd_table_other(fd, opening->cookie)
							  : -1;
		if (other >= 0) {
			watch_move(opening, fd, other);
			opening->fd = other;
		} else if (is_ours_alone(opening)) {
			opening_set(opening, OPENING_OVER);
		}
	}
	fd_table_forget(fd);
	opening_unlock(&hold);
}

/* Is its socket in this process? Else the number stays: it is that of the process which has it. */
static bool is_here(struct opening *opening)
{
	const int fd = fd_of(opening, -1);

	if (fd >= 0)
		opening->fd = fd;
	return fd >= 0;
}

/*
 * One whose time is over and whose socket is not here may be another process's yet, which has not
 * asked for long: it must not take it for open.
 */
static void sweep(struct opening *opening, uint64_t now)
{
	const enum opening_state state = atomic_load(&opening->state);
	const bool late = now > opening->deadline;

	if (state == OPENING_LATE)
		return;
	if (is_here(opening)) {
		if (late && state == OPENING_STANDS)
			opening_set(opening, OPENING_OVER);
	} else if (is_ours_alone(opening) || (late && !opening_is_under_way(state))) {
		opening_set(opening, OPENING_OVER);
	} else if (late) {
		opening_set(opening, OPENING_LATE);
	}
}

void progress_sweep(void)
{
	const uint64_t now = connection_now();
	struct opening_hold hold;

	if (!opening_lock(&hold))
		return;
	for (struct opening *o = opening_next(NULL); o != NULL; o = opening_next(o))
		sweep(o, now);
	opening_unlock(&hold);
}

bool progress_step_all(void)
{
	bool further = false;
	struct opening *o;
	unsigned before;

	for (o = opening_next(NULL); o != NULL; o = opening_next(o)) {
		if (!opening_is_unfinished(atomic_load(&o->state)))
			continue;
		before = atomic_load(&o->got);
		progress_step_opening(o);
		further |= atomic_load(&o->got) != before;
	}
	return further;
}

/* A descriptor of its socket, be it a duplicate, that stays open over exec. -1: none. */
static int inherited_fd(const struct opening *opening)
{
	const uint64_t cookie = atomic_load(&opening->cookie);
	int fd = cookie ? fd_table_next(0, cookie) : -1;

	while (fd >= 0 && real.fcntl(fd, F_GETFD) & FD_CLOEXEC)
		fd = fd_table_next(fd + 1, cookie);
	return fd;
}

void progress_finish_inherited(void)
{
	struct opening *o;
	int fd;

	for (o = opening_any() ? opening_next(NULL) : NULL; o != NULL; o = opening_next(o)) {
		fd = inherited_fd(o);
		if (fd >= 0)
			progress_wait(fd, o->deadline, PROGRESS_ANSWERED);
	}
}
