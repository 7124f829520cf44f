/* SPDX-License-Identifier: MIT */
/*
 * A fixed array of places in a shared map. What a place costs is paid when it is first used: the map
 * takes no memory before. Places are given out last in, first out, so that a program which opens one
 * connection after the other stays within one.
 *
 * The lock is a robust one: the kernel tells the next holder that the last has died. Whatever that
 * one left undone is undone at a border between whole openings; only the counts are taken anew.
 */
#include "lib/opening.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "lib/fd_table.h"
#include "lib/libc.h"

struct map {
	struct opening_counts counts;
	uint64_t secret; /* see opening_mark */
	pthread_mutex_t lock;
	uint32_t first_free; /* place; 0: none */
	uint32_t used;       /* places 1..used have been given out at some time */
	struct opening openings[OPENINGS_MAX];
};

static struct opening_counts none;
struct opening_counts *_Atomic opening_counts = &none;
static struct map *_Atomic map;

static struct map *map_of_process(void)
{
	return atomic_load_explicit(&map, memory_order_acquire);
}

/* No half is zero, or like an address. Before the kernel has random numbers an address does. */
static uint64_t secret_make(const void *somewhere)
{
	uint64_t secret;

	if (getrandom(&secret, sizeof(secret), GRND_NONBLOCK) != sizeof(secret))
		secret = (uintptr_t)somewhere * 0x9e3779b97f4a7c15;
	return secret | UINT64_C(0x8001000080000001);
}

static bool lock_make(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attributes;
	bool made = pthread_mutexattr_init(&attributes) == 0 &&
		    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0 &&
		    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0 &&
		    pthread_mutex_init(lock, &attributes) == 0;

	pthread_mutexattr_destroy(&attributes);
	return made;
}

bool opening_map_ready(void)
{
	const int saved = errno;
	struct map *expected = NULL, *made;

	if (map_of_process() != NULL)
		return true;
	made = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	errno = saved;
	if (made == MAP_FAILED)
		return false;
	made->secret = secret_make(made);
	if (!lock_make(&made->lock) || !atomic_compare_exchange_strong(&map, &expected, made))
		munmap(made, sizeof(*made));
	else
		atomic_store_explicit(&opening_counts, &made->counts, memory_order_release);
	return map_of_process() != NULL;
}

bool opening_may_begin_elsewhere(void)
{
	return !__libc_single_threaded || map_of_process() != NULL;
}

bool opening_is_under_way(enum opening_state state)
{
	return state == OPENING_GOING_ON || state == OPENING_OPTIMISTIC;
}

bool opening_is_unfinished(enum opening_state state)
{
	return opening_is_under_way(state) || state == OPENING_STANDS;
}

static atomic_uint *count_of(struct map *here, enum opening_state state)
{
	if (state == OPENING_OVER)
		return NULL;
	return opening_is_unfinished(state) ? &here->counts.going_on : &here->counts.others;
}

/* The last holder has died. */
static void count_anew(struct map *here)
{
	unsigned going_on = 0, others = 0;

	for (uint32_t i = 0; i < here->used; i++) {
		atomic_uint *count = count_of(here, atomic_load(&here->openings[i].state));

		going_on += count == &here->counts.going_on;
		others += count == &here->counts.others;
	}
	atomic_store(&here->counts.going_on, going_on);
	atomic_store(&here->counts.others, others);
}

bool opening_lock(struct opening_hold *hold)
{
	struct map *here = map_of_process();
	sigset_t all;

	if (here == NULL)
		return false;
	sigfillset(&all);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &hold->cancelling);
	pthread_sigmask(SIG_SETMASK, &all, &hold->signals);
	if (pthread_mutex_lock(&here->lock) == EOWNERDEAD) {
		count_anew(here);
		pthread_mutex_consistent(&here->lock);
	}
	return true;
}

void opening_unlock(const struct opening_hold *hold)
{
	pthread_mutex_unlock(&map_of_process()->lock);
	pthread_sigmask(SIG_SETMASK, &hold->signals, NULL);
	pthread_setcancelstate(hold->cancelling, NULL);
}

static void give_up_late(struct map *here)
{
	for (uint32_t i = 0; i < here->used; i++)
		if (atomic_load(&here->openings[i].state) == OPENING_LATE)
			opening_set(&here->openings[i], OPENING_OVER);
}

/* How many threads of this process are forking: what another one begins meanwhile may be the child's, too. */
static atomic_uint forking;

struct opening *opening_new(uint64_t cookie)
{
	struct map *here = map_of_process();
	struct opening *opening;

	if (here->first_free == 0 && here->used == OPENINGS_MAX)
		give_up_late(here);
	if (here->first_free != 0) {
		opening = &here->openings[here->first_free - 1];
		here->first_free = opening->next_free;
	} else if (here->used < OPENINGS_MAX) {
		opening = &here->openings[here->used++];
	} else {
		return NULL;
	}
	memset(opening->watches, 0, sizeof(opening->watches));
	opening->next_free = 0;
	opening->shared = atomic_load(&forking) != 0;
	atomic_store(&opening->events, 0);
	atomic_store(&opening->duplicated, false);
	atomic_store(&opening->state, OPENING_OVER);
	atomic_store(&opening->cookie, cookie);
	return opening;
}

void opening_set(struct opening *opening, enum opening_state state)
{
	struct map *here = map_of_process();
	atomic_uint *before = count_of(here, atomic_load(&opening->state));
	atomic_uint *after = count_of(here, state);

	if (after != NULL)
		atomic_fetch_add(after, 1);
	atomic_store(&opening->state, state);
	if (before != NULL)
		atomic_fetch_sub(before, 1);
	if (state == OPENING_OVER) {
		atomic_store(&opening->cookie, 0);
		opening->next_free = here->first_free;
		here->first_free = opening_place(opening);
	}
}

struct opening *opening_at(int fd)
{
	struct map *here = map_of_process();
	struct tunnelled tunnel;
	struct opening *opening;
	uint64_t cookie;

	if (here == NULL || !fd_table_peek(fd, &cookie, &tunnel) || tunnel.opening == 0)
		return NULL;
	opening = &here->openings[tunnel.opening - 1];
	return atomic_load_explicit(&opening->cookie, memory_order_acquire) == cookie ? opening
										      : NULL;
}

void opening_duplicated(struct opening *opening)
{
	if (opening != NULL)
		atomic_store(&opening->duplicated, true);
}

bool opening_hides(int fd, short *events)
{
	struct opening *opening = opening_going_on() ? opening_at(fd) : NULL;

	if (opening == NULL || atomic_load(&opening->state) != OPENING_GOING_ON)
		return false;
	*events = atomic_load(&opening->events);
	return true;
}

bool opening_is_optimistic(int fd)
{
	struct opening *opening = opening_going_on() ? opening_at(fd) : NULL;

	return opening != NULL && atomic_load(&opening->state) == OPENING_OPTIMISTIC;
}

bool opening_is_held(int fd)
{
	return opening_any() && opening_at(fd) != NULL;
}

uint32_t opening_place(const struct opening *opening)
{
	return opening == NULL ? 0 : (uint32_t)(opening - map_of_process()->openings) + 1;
}

/*
 * Programs put a descriptor into the lower half of the data and leave in the upper what was on
 * their stack: half an address, and now and then that of our map. So a mark is an address that is
 * mixed with a number which no program has.
 */
uint64_t opening_mark(const struct watch *watch)
{
	return (uintptr_t)watch ^ map_of_process()->secret;
}

struct opening *opening_of_data(uint64_t data)
{
	struct map *here = map_of_process();
	struct opening *opening;
	uint64_t at;

	if (here == NULL)
		return NULL;
	at = (data ^ here->secret) - (uintptr_t)here->openings;
	if (at >= sizeof(here->openings))
		return NULL;
	opening = &here->openings[at / sizeof(*opening)];
	for (int i = 0; i < OPENING_WATCHES; i++)
		if (opening_mark(&opening->watches[i]) == data)
			return opening;
	return NULL;
}

bool opening_holds(const struct opening *opening, int fd)
{
	const uint64_t cookie = atomic_load(&opening->cookie);

	return opening_is_under_way(atomic_load(&opening->state)) && cookie == fd_table_cookie(fd);
}

struct opening *opening_next(const struct opening *opening)
{
	struct map *here = map_of_process();

	for (uint32_t i = opening_place(opening); here != NULL && i < here->used; i++)
		if (atomic_load(&here->openings[i].cookie) != 0)
			return &here->openings[i];
	return NULL;
}

void opening_before_fork(void)
{
	struct opening_hold hold;

	/* In this order: who makes the map now, or holds the lock, sees us or is seen. */
	atomic_fetch_add(&forking, 1);
	atomic_thread_fence(memory_order_seq_cst);
	if (!opening_lock(&hold))
		return;
	for (struct opening *o = opening_next(NULL); o != NULL; o = opening_next(o))
		o->shared = true;
	opening_unlock(&hold);
}

void opening_forked(void)
{
	atomic_fetch_sub(&forking, 1);
}

void opening_after_fork(void)
{
	atomic_store(&forking, 0);
}
