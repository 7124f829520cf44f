/* SPDX-License-Identifier: MIT */
/*
 * One note for each descriptor, in an array of maps of our own: with which epoll it was registered
 * last, and how. That is all for nearly every program, and it costs epoll_ctl a few stores.
 *
 * Where it cannot be all, the note is marked unsure, and whoever needs the truth asks the kernel:
 * the descriptor is in a second epoll, or has been duplicated, or two threads wrote at once, or the
 * registration fires once only and may have done so. That costs a look at each epoll
 * (interest_kernel.c), and after it is paid, the connect that needed it is the only one that was slow.
 */
#include "lib/interest.h"

#include <stdatomic.h>
#include <string.h>

#include "lib/chunks.h"
#include "lib/sequenced.h"

/* What is kept under the key `epoll + 1`. */
struct noted {
	uint64_t data;
	uint32_t events;
};

struct note {
	struct sequenced place;
	_Atomic uint64_t words[SEQUENCED_WORDS(struct noted)];
	atomic_bool unsure;
	atomic_bool duplicated;
	atomic_bool is_epoll;
};

static struct chunks notes = CHUNKS_OF(struct note);
static atomic_bool nested_ever;

static struct note *note_at(int fd, bool make)
{
	return chunks_entry(&notes, fd, make);
}

static uint64_t key_of(const struct note *note)
{
	return atomic_load_explicit(&note->place.key, memory_order_acquire);
}

static void mark(atomic_bool *what)
{
	if (!atomic_load_explicit(what, memory_order_relaxed))
		atomic_store(what, true);
}

void interest_note(int epoll, int op, int fd, const struct epoll_event *event)
{
	struct note *note = note_at(fd, true), *of_epoll = note_at(epoll, true);
	const uint64_t key = (uint64_t)epoll + 1;
	struct noted noted = {0};
	uint64_t before;

	if (note == NULL || of_epoll == NULL)
		return;
	mark(&of_epoll->is_epoll);
	before = key_of(note);
	if (op == EPOLL_CTL_DEL) {
		if (before == key &&
			!sequenced_write(&note->place, note->words, 0, &noted, sizeof(noted)))
			mark(&note->unsure);
		return;
	}
	noted.data = event->data.u64;
	noted.events = event->events;
	if ((before != 0 && before != key) ||
		!sequenced_write(&note->place, note->words, key, &noted, sizeof(noted)))
		mark(&note->unsure);
	if (atomic_load(&note->is_epoll) || key_of(of_epoll) != 0)
		mark(&nested_ever);
}

void interest_duplicate(int from, int to)
{
	struct note *note = note_at(from, false), *other = note_at(to, true);

	if (other == NULL)
		return;
	mark(&other->duplicated);
	if (note == NULL)
		note = note_at(from, true);
	if (note == NULL)
		return;
	mark(&note->duplicated);
	if (atomic_load(&note->is_epoll))
		mark(&other->is_epoll);
}

bool interest_registered(int fd)
{
	const struct note *note = note_at(fd, false);

	return note != NULL && (key_of(note) != 0 || atomic_load(&note->is_epoll));
}

static bool is_noted(int fd)
{
	const struct note *note = note_at(fd, false);

	return note != NULL && (interest_registered(fd) || atomic_load(&note->unsure) ||
				       atomic_load(&note->duplicated));
}

int interest_next(int fd)
{
	fd = chunks_next(&notes, fd);
	while (fd >= 0 && !is_noted(fd))
		fd = chunks_next(&notes, fd + 1);
	return fd;
}

void interest_forget(int fd)
{
	static const struct noted nothing;
	struct note *note = note_at(fd, false);

	if (!is_noted(fd))
		return;
	sequenced_write(&note->place, note->words, 0, &nothing, sizeof(nothing));
	atomic_store(&note->unsure, false);
	atomic_store(&note->duplicated, false);
	atomic_store(&note->is_epoll, false);
}

static bool note_read(int fd, struct interest *out)
{
	struct note *note = note_at(fd, false);
	const uint64_t key = note ? key_of(note) : 0;
	struct noted noted;

	if (key == 0 || !sequenced_read(&note->place, note->words, key, &noted, sizeof(noted)))
		return false;
	*out = (struct interest){
		.epoll = (int)(key - 1), .fd = fd, .events = noted.events, .data = noted.data};
	return true;
}

size_t interest_of(int fd, struct interest *out, size_t max)
{
	const struct note *note = note_at(fd, false);

	if (note == NULL || max == 0)
		return 0;
	if (interest_unsure(fd))
		return interest_of_kernel(fd, out, max);
	if (!note_read(fd, out))
		return 0;
	return out->events & EPOLLONESHOT ? interest_of_kernel(fd, out, max) : 1;
}

bool interest_unsure(int fd)
{
	const struct note *note = note_at(fd, false);

	return note != NULL && (atomic_load(&note->unsure) || atomic_load(&note->duplicated));
}

bool interest_duplicated(int fd)
{
	const struct note *note = note_at(fd, false);

	return note != NULL && atomic_load(&note->duplicated);
}

void interest_alone(int fd)
{
	struct note *note = note_at(fd, false);

	if (note != NULL)
		atomic_store(&note->duplicated, false);
}

bool interest_is_epoll(int fd)
{
	const struct note *note = note_at(fd, false);

	return note != NULL && atomic_load(&note->is_epoll);
}

void interest_epoll(int fd)
{
	struct note *note = note_at(fd, true);

	if (note != NULL)
		mark(&note->is_epoll);
}

bool interest_nested_ever(void)
{
	return atomic_load_explicit(&nested_ever, memory_order_relaxed);
}

int interest_nested(int outer, uint64_t data, struct interest *how)
{
	for (int fd = chunks_next(&notes, 0); fd >= 0; fd = chunks_next(&notes, fd + 1))
		if (interest_is_epoll(fd) && note_read(fd, how) && how->epoll == outer &&
			how->data == data)
			return fd;
	return -1;
}

static void after_fork(void *entry)
{
	struct note *note = entry;

	sequenced_after_fork(&note->place);
}

void interest_after_fork(void)
{
	chunks_each(&notes, after_fork);
}
