/* SPDX-License-Identifier: MIT */
/*
 * The program waits for its connections; we wait for what they need, and tell only what is true of them.
 *
 * All three waits are the same turn, taken until there is something to show or the time is over: ask the
 * kernel, with what the conversation of each opening waits for in the place of what the program wants of
 * it; take the steps that have become possible; drop everything that is true of the proxy alone.
 * An opening that is over or has failed in a turn is asked about in the next, as what it is by then; what the
 * kernel has said of it in this one, under whichever descriptor, was about the proxy.
 *
 * A turn waits at most PROGRESS_SLICE while anything is opening. What is read by another thread, or by another
 * process since a fork, wakes nobody here; that bounds what it costs. It is no part of how fast a
 * connection opens.
 *
 * An epoll may itself be waited for. It looks ready when something of ours has happened in it; so whenever one does,
 * all openings take their steps, and it is asked again.
 */
#include "lib/readiness.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/caller_memory.h"
#include "lib/deadline.h"
#include "lib/interest.h"
#include "lib/library.h"
#include "lib/opening.h"
#include "lib/progress.h"
#include "lib/real.h"
#include "lib/signals.h"
#include "lib/watch.h"

enum { POLLFDS_ON_STACK = 256, BITS = 8 * sizeof(long), STEPS_IN_VAIN = 3 };

static const struct timespec slice = {.tv_nsec = PROGRESS_SLICE * 1000000L};
static const struct timespec at_once;

static bool is_time(const struct timespec *timeout)
{
	return timeout == NULL ||
	       (timeout->tv_sec >= 0 && timeout->tv_nsec >= 0 && timeout->tv_nsec < 1000000000);
}

static bool is_zero(const struct timespec *timeout)
{
	return timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
}

static bool is_ready_now(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	return real.poll(&pollfd, 1, 0) > 0;
}

/*
 * Another thread is between telling of its opening and connecting: until then the socket hangs up (EPOLLHUP), as
 * all do that are not connected, and no step changes that. False: there is none.
 */
static bool rest_while_one_starts(void)
{
	struct opening *o = opening_next(NULL);

	while (o != NULL &&
		(atomic_load(&o->state) != OPENING_GOING_ON || atomic_load(&o->events) != 0))
		o = opening_next(o);
	if (o != NULL)
		real.poll(NULL, 0, 1);
	return o != NULL;
}

/*
 * Is this epoll ready only because of what is ours in it? If it stays ready, and no step can be taken however often
 * that is tried, then that is the program's: what another thread has taken, or has come in between, shows in the next.
 */
static bool is_ready_for_us_alone(int fd)
{
	int in_vain = 0;

	if (!opening_going_on() || !interest_is_epoll(fd))
		return false;
	while (is_ready_now(fd)) {
		in_vain = progress_step_all() ? 0 : in_vain + 1;
		if (in_vain == STEPS_IN_VAIN)
			return rest_while_one_starts();
	}
	return true;
}

/* Takes the steps of an opening that is being waited for. True: it is no longer one. */
static bool step_ends(int fd)
{
	return progress_step(fd, NULL) != OPENING_GOING_ON;
}

/* How long the next turn may wait. A turn that has waited in vain is the time to look for openings that are gone. */
static const struct timespec *piece_of(
	const struct deadline *deadline, bool hidden, struct timespec *out)
{
	return deadline_piece(deadline, hidden ? &slice : NULL, out);
}

static void idle_turn(void)
{
	if (!opening_any())
		return;
	progress_step_all();
	progress_sweep();
}

/* poll: how many are hidden. *answer: one may have its answer still to come. */
static nfds_t poll_translate(const struct pollfd *fds, struct pollfd *ours, nfds_t n, bool *answer)
{
	nfds_t hidden = 0;
	short events;

	*answer = false;
	if (n > 0)
		memcpy(ours, fds, n * sizeof(*fds));
	for (nfds_t i = 0; i < n; i++)
		if (opening_hides(fds[i].fd, &events)) {
			ours[i].events = events;
			hidden++;
		} else {
			*answer |= opening_is_optimistic(fds[i].fd);
		}
	return hidden;
}

/* What can be read, or the end that has come, may be the proxy's answer alone. */
static bool may_be_answer(const struct pollfd *told)
{
	return (told->revents & (POLLIN | POLLRDNORM | POLLRDHUP | POLLERR | POLLHUP)) != 0 &&
	       opening_is_optimistic(told->fd);
}

static short poll_truth(const struct pollfd *asked, const struct pollfd *told, bool idle,
	nfds_t *hidden, bool *moved)
{
	short events;

	if (opening_hides(asked->fd, &events)) {
		--*hidden;
		if (told->revents != 0 || idle)
			*moved |= step_ends(asked->fd);
		return 0;
	}
	if (may_be_answer(told)) {
		progress_step(asked->fd, NULL);
		*moved = true;
		return 0;
	}
	if (told->revents != 0 && is_ready_for_us_alone(asked->fd))
		return 0;
	return (short)(told->revents & (asked->events | POLLERR | POLLHUP | POLLNVAL));
}

static int poll_turn(struct pollfd *fds, struct pollfd *ours, nfds_t n,
	const struct deadline *deadline, const sigset_t *mask, bool *moved)
{
	bool answer;
	nfds_t hidden = poll_translate(fds, ours, n, &answer);
	struct timespec left;
	int shown = 0;
	int told = real.ppoll(ours, n, piece_of(deadline, answer || hidden > 0, &left), mask);

	if (told < 0)
		return -1;
	*moved = false;
	for (nfds_t i = 0; i < n; i++) {
		fds[i].revents = poll_truth(&fds[i], &ours[i], told == 0, &hidden, moved);
		shown += fds[i].revents != 0;
	}
	if (told == 0)
		idle_turn();
	*moved |= hidden != 0;
	return hidden != 0 ? 0 : shown;
}

int readiness_poll(
	struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	struct deadline deadline;
	struct pollfd few[POLLFDS_ON_STACK], *ours = few;
	const size_t size = n * sizeof(*ours);
	sigset_t before;
	bool moved;
	int shown;

	/* What cannot be read, or makes no sense, is the kernel's to refuse. */
	if (!is_time(timeout) || (n > 0 && !caller_memory_readable(fds, size)))
		return real.ppoll(fds, n, timeout, mask);
	deadline = deadline_in(timeout);
	if (n > POLLFDS_ON_STACK)
		ours = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ours == MAP_FAILED) {
		errno = ENOMEM;
		return -1;
	}
	mask = signals_hold(&before, mask);
	do
		shown = poll_turn(fds, ours, n, &deadline, mask, &moved);
	while (shown == 0 && (moved || !deadline_is_over(&deadline)));
	signals_release(&before);
	if (ours != few)
		munmap(ours, size);
	return shown;
}

bool readiness_poll_concerned(const struct pollfd *fds, nfds_t n)
{
	short events;

	for (nfds_t i = 0; i < n; i++)
		if (fds[i].revents != 0 &&
			(opening_hides(fds[i].fd, &events) || may_be_answer(&fds[i]) ||
				interest_is_epoll(fds[i].fd)))
			return true;
	return false;
}

/* select's three sets, as long as its first argument says: it may be longer than an fd_set. */
struct sets {
	size_t words;
	unsigned long *set[3]; /* readers, writers, excepted; NULL where the program has none */
};

static bool sets_readable(const struct sets *sets)
{
	bool readable = true;

	for (int i = 0; i < 3; i++)
		readable &= sets->set[i] == NULL || sets->words == 0 ||
			    caller_memory_readable(sets->set[i], sets->words * sizeof(long));
	return readable;
}

static bool bit(const unsigned long *set, int fd)
{
	return set != NULL && (set[fd / BITS] >> (fd % BITS) & 1);
}

static void bit_set(unsigned long *set, int fd)
{
	set[fd / BITS] |= 1UL << (fd % BITS);
}

static void bit_clear(unsigned long *set, int fd)
{
	if (set != NULL)
		set[fd / BITS] &= ~(1UL << (fd % BITS));
}

static bool sets_have(const struct sets *sets, int fd)
{
	return bit(sets->set[0], fd) || bit(sets->set[1], fd) || bit(sets->set[2], fd);
}

static void sets_clear(const struct sets *sets, int fd)
{
	for (int i = 0; i < 3; i++)
		bit_clear(sets->set[i], fd);
}

static void sets_copy(const struct sets *to, const struct sets *from)
{
	for (int i = 0; i < 3; i++)
		if (from->set[i] != NULL)
			memcpy(to->set[i], from->set[i], from->words * sizeof(long));
		else
			memset(to->set[i], 0, to->words * sizeof(long));
}

static int select_translate(const struct sets *asked, const struct sets *ours, int n, bool *answer)
{
	int hidden = 0;
	short events;

	*answer = false;
	sets_copy(ours, asked);
	for (int fd = 0; fd < n; fd++) {
		if (!sets_have(asked, fd))
			continue;
		*answer |= opening_is_optimistic(fd);
		if (!opening_hides(fd, &events))
			continue;
		sets_clear(ours, fd);
		bit_set(ours->set[events & POLLIN ? 0 : 1], fd);
		hidden++;
	}
	return hidden;
}

/* Leaves in `told` what is true, and returns how many bits that are. */
static int select_truth(const struct sets *asked, const struct sets *told, int n, bool idle,
	int *hidden, bool *moved)
{
	short events;
	int shown = 0;

	for (int fd = 0; fd < n; fd++) {
		if (!sets_have(asked, fd))
			continue;
		if (opening_hides(fd, &events)) {
			--*hidden;
			if (sets_have(told, fd) || idle)
				*moved |= step_ends(fd);
			sets_clear(told, fd);
		} else if (bit(told->set[0], fd) && opening_is_optimistic(fd)) {
			progress_step(fd, NULL);
			*moved = true;
			sets_clear(told, fd);
		} else if (sets_have(told, fd) && is_ready_for_us_alone(fd)) {
			sets_clear(told, fd);
		}
		for (int i = 0; i < 3; i++) {
			if (!bit(asked->set[i], fd))
				bit_clear(told->set[i], fd);
			shown += bit(told->set[i], fd);
		}
	}
	return shown;
}

static fd_set *fd_set_of(unsigned long *set)
{
	return (fd_set *)set;
}

static int select_turn(const struct sets *asked, const struct sets *ours, int n,
	const struct deadline *deadline, const sigset_t *mask, bool *moved)
{
	bool answer;
	int shown, hidden = select_translate(asked, ours, n, &answer);
	struct timespec left;
	int told = real.pselect(n, fd_set_of(ours->set[0]), fd_set_of(ours->set[1]),
		fd_set_of(ours->set[2]), piece_of(deadline, answer || hidden > 0, &left), mask);

	if (told < 0)
		return -1;
	*moved = false;
	if (told == 0) {
		for (int i = 0; i < 3; i++)
			memset(ours->set[i], 0, ours->words * sizeof(long));
		idle_turn();
	}
	shown = select_truth(asked, ours, n, told == 0, &hidden, moved);
	*moved |= hidden != 0;
	return hidden != 0 ? 0 : shown;
}

static struct sets sets_of(int n, fd_set *readers, fd_set *writers, fd_set *excepted)
{
	return (struct sets){.words = ((size_t)n + BITS - 1) / BITS,
		.set = {(unsigned long *)readers, (unsigned long *)writers,
			(unsigned long *)excepted}};
}

int readiness_select(int n, fd_set *readers, fd_set *writers, fd_set *excepted,
	struct timespec *timeout, const sigset_t *mask)
{
	const struct sets asked = sets_of(n, readers, writers, excepted);
	const size_t size = asked.words * sizeof(long);
	struct sets ours = asked;
	struct deadline deadline;
	unsigned long *memory;
	sigset_t before;
	bool moved;
	int shown;

	if (!is_time(timeout) || !sets_readable(&asked))
		return real.pselect(n, readers, writers, excepted, timeout, mask);
	deadline = deadline_in(timeout);
	memory = __builtin_alloca(3 * size + 1);
	for (size_t i = 0; i < 3; i++)
		ours.set[i] = memory + i * asked.words;
	mask = signals_hold(&before, mask);
	do
		shown = select_turn(&asked, &ours, n, &deadline, mask, &moved);
	while (shown == 0 && (moved || !deadline_is_over(&deadline)));
	signals_release(&before);
	if (timeout != NULL)
		*timeout = deadline_left(&deadline);
	for (int i = 0; shown >= 0 && i < 3; i++)
		if (asked.set[i] != NULL)
			memcpy(asked.set[i], ours.set[i], size);
	return shown;
}

/* The event of an epoll within this one that only something of ours has woken. */
static bool is_of_nested_for_us_alone(int epoll, const struct epoll_event *event)
{
	struct interest how;
	const int inner = interest_nested(epoll, event->data.u64, &how);
	struct epoll_event again = {.events = how.events, .data.u64 = how.data};

	if (inner < 0 || !is_ready_for_us_alone(inner))
		return false;
	if (how.events & EPOLLONESHOT)
		real.epoll_ctl(epoll, EPOLL_CTL_MOD, inner, &again);
	return true;
}

static bool watch_tells(struct opening *opening, struct epoll_event *event)
{
	struct opening_hold hold;
	bool tells;

	if (!opening_lock(&hold))
		return false;
	tells = watch_tell(opening, event);
	opening_unlock(&hold);
	return tells;
}

/* An event of ours is the time for a step. True: something in it is the program's to see. */
static bool is_told(struct opening *opening, struct epoll_event *event, bool *moved)
{
	const enum opening_state before = atomic_load(&opening->state);
	const enum opening_state state = progress_step_opening(opening);

	*moved |= state != OPENING_GOING_ON &&
		  (state != OPENING_OPTIMISTIC || before != OPENING_OPTIMISTIC);
	return state == OPENING_OPTIMISTIC && watch_tells(opening, event);
}

static int epoll_truth(int epoll, struct epoll_event *events, int told, bool *moved)
{
	const bool nested = interest_nested_ever() && opening_going_on();
	struct opening *opening;
	int shown = 0;

	*moved = false;
	for (int i = 0; i < told; i++) {
		opening = opening_of_data(events[i].data.u64);
		if (opening != NULL ? is_told(opening, &events[i], moved)
				    : !nested || !is_of_nested_for_us_alone(epoll, &events[i]))
			events[shown++] = events[i];
	}
	return shown;
}

/* epoll_pwait2(2) where there is one: milliseconds would have to be rounded. */
static int epoll_ask(int epoll, struct epoll_event *events, int max, const struct timespec *piece,
	const sigset_t *mask)
{
	int milliseconds = -1;
#ifdef __GLIBC__
	const int saved = errno;

	if (real.epoll_pwait2 != NULL) {
		const int told = real.epoll_pwait2(epoll, events, max, piece, mask);

		if (told >= 0 || errno != ENOSYS)
			return told;
		errno = saved;
	}
#endif
	if (piece != NULL)
		milliseconds = (int)(piece->tv_sec * 1000 + (piece->tv_nsec + 999999) / 1000000);
	return real.epoll_pwait(epoll, events, max, milliseconds, mask);
}

/* A program that never waits, but asks again and again, has no idle turns: one in so many is taken for one. */
static void perhaps_idle_turn(void)
{
	static atomic_uint turns;

	if (atomic_fetch_add_explicit(&turns, 1, memory_order_relaxed) % 64 == 0)
		idle_turn();
}

/* The program's array cannot be written, which the kernel says only where it has something to write there. */
static int epoll_without_room(int epoll, const struct timespec *timeout, const sigset_t *mask)
{
	struct epoll_event event;
	const int shown = readiness_epoll(epoll, &event, 1, timeout, mask);

	if (shown > 0)
		errno = EFAULT;
	return shown > 0 ? -1 : shown;
}

/* Returns how many events there are to show. *again: more may be there than has been asked for, or has become true. */
static int epoll_turn(int epoll, struct epoll_event *events, int max, const struct timespec *piece,
	const sigset_t *mask, bool *again)
{
	const bool instant = piece == &at_once;
	const int told = instant ? real.epoll_wait(epoll, events, max, 0)
				 : epoll_ask(epoll, events, max, piece, mask);
	int shown;

	*again = false;
	if (told < 0)
		return -1;
	shown = epoll_truth(epoll, events, told, again);
	*again |= told == max;
	if (told == 0 && !instant)
		idle_turn();
	return shown;
}

static int epoll_look(int epoll, struct epoll_event *events, int max)
{
	bool again;
	int shown;

	do
		shown = epoll_turn(epoll, events, max, &at_once, NULL, &again);
	while (shown == 0 && again);
	return shown;
}

static int epoll_turns(int epoll, struct epoll_event *events, int max,
	const struct timespec *timeout, const sigset_t *mask)
{
	struct deadline deadline = deadline_in(timeout);
	struct timespec left;
	sigset_t before;
	bool again;
	int shown;

	mask = signals_hold(&before, mask);
	do
		shown = epoll_turn(epoll, events, max,
			piece_of(&deadline, opening_going_on(), &left), mask, &again);
	while (shown == 0 && (again || !deadline_is_over(&deadline)));
	signals_release(&before);
	return shown;
}

/* What is there already is found without a wait, and so without holding back what might interrupt one. */
int readiness_epoll(int epoll, struct epoll_event *events, int max, const struct timespec *timeout,
	const sigset_t *mask)
{
	int shown;

	if (!is_time(timeout)) {
		errno = EINVAL;
		return -1;
	}
	shown = epoll_look(epoll, events, max);
	if (shown == 0 && is_zero(timeout))
		perhaps_idle_turn();
	else if (shown == 0)
		shown = epoll_turns(epoll, events, max, timeout, mask);
	if (shown < 0 && errno == EFAULT && opening_going_on())
		return epoll_without_room(epoll, timeout, mask);
	return shown;
}

int readiness_epoll_rest(int epoll, struct epoll_event *events, int told, int max,
	const struct timespec *timeout, const sigset_t *mask)
{
	bool moved;
	int shown = epoll_truth(epoll, events, told, &moved);

	return shown > 0 ? shown : readiness_epoll(epoll, events, max, timeout, mask);
}

bool readiness_epoll_concerned(const struct epoll_event *events, int n)
{
	for (int i = 0; i < n; i++)
		if (opening_of_data(events[i].data.u64) != NULL)
			return true;
	return interest_nested_ever() && opening_going_on();
}

/* The kernel is the one to say EFAULT. */
static bool is_judgeable(int op, const struct epoll_event *event)
{
	return op == EPOLL_CTL_DEL ||
	       (event != NULL && caller_memory_readable(event, sizeof(*event)));
}

/* What has ended gives back first what it has yet of the program's. */
static bool lock_to_change(struct opening *opening, struct opening_hold *hold)
{
	if (!opening_is_under_way(atomic_load(&opening->state)))
		progress_step_opening(opening);
	return opening_lock(hold);
}

int readiness_control(int epoll, int op, int fd, struct epoll_event *event)
{
	struct opening *opening = opening_at(fd);
	struct opening_hold hold;
	int result;

	if (opening == NULL || !is_judgeable(op, event) || !library_is_ours() ||
		!lock_to_change(opening, &hold))
		return real.epoll_ctl(epoll, op, fd, event);
	/* Who sleeps on it in another thread has to know it for one from the first event on. */
	interest_epoll(epoll);
	if (opening_holds(opening, fd))
		result = watch_control(opening, epoll, op, fd, event);
	else
		result = real.epoll_ctl(epoll, op, fd, event);
	opening_unlock(&hold);
	return result;
}

void readiness_adopt(int epoll, int fd)
{
	struct opening *opening = opening_at(fd);
	struct interest found[OPENING_WATCHES];
	struct opening_hold hold;
	size_t n;

	if (opening == NULL || !library_is_ours() || !opening_lock(&hold))
		return;
	n = opening_holds(opening, fd) ? interest_of(fd, found, OPENING_WATCHES) : 0;
	for (size_t i = 0; i < n; i++)
		if (found[i].epoll == epoll)
			watch_adopt(opening, &found[i]);
	opening_unlock(&hold);
}
