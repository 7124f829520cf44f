/* SPDX-License-Identifier: MIT */
/*
 * Hooks: asynchronous input and output. libc reads and writes in threads of its own, by inner ways,
 * at some later time; so a tunnel that is opening on the descriptor is completed first, and the
 * call waits for that.
 */
#include <aio.h>

#include "lib/gate.h"
#include "lib/real.h"

static void whole(int fd)
{
	library_ready();
	gate_whole(fd);
}

EXPORTED int aio_read(struct aiocb *request)
{
	whole(request->aio_fildes);
	return real.aio_read(request);
}

EXPORTED int aio_write(struct aiocb *request)
{
	whole(request->aio_fildes);
	return real.aio_write(request);
}

EXPORTED int lio_listio(int mode, aio_entry *restrict list, int n, struct sigevent *restrict event)
{
	for (int i = 0; i < n; i++)
		if (list[i] != NULL)
			whole(list[i]->aio_fildes);
	return real.lio_listio(mode, list, n, event);
}

#ifdef __GLIBC__
EXPORTED int aio_read64(struct aiocb64 *request)
{
	whole(request->aio_fildes);
	return real.aio_read64(request);
}

EXPORTED int aio_write64(struct aiocb64 *request)
{
	whole(request->aio_fildes);
	return real.aio_write64(request);
}

EXPORTED int lio_listio64(
	int mode, struct aiocb64 *const list[restrict], int n, struct sigevent *restrict event)
{
	for (int i = 0; i < n; i++)
		if (list[i] != NULL)
			whole(list[i]->aio_fildes);
	return real.lio_listio64(mode, list, n, event);
}
#endif
