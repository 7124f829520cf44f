/* SPDX-License-Identifier: MIT */
/*
 * Hooks: functions of glibc that connect or ask in its inside (inner.def). Nothing of what they do
 * there would come to us again, so they are refused; but libtirpc, which took Sun RPC over from libc,
 * makes its connections by functions that are hooked, and its callers come to these names as well.
 */
#include "lib/hook_inner.h"

#include <errno.h>
#include <nss.h>
#include <string.h>

#include "lib/late.h"
#include "lib/library.h"
#include "lib/real.h"

/* What libc says of a client that it could not make: <rpc/clnt.h>, as it was. */
enum { RPC_SYSTEM_ERROR = 12 };
struct rpc_created {
	int status;
	struct {
		int status;
		union {
			int error;
			long words[2];
		};
	} call;
};

/* The version that libc began with; the two names are no older on any machine. */
#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__i386__)
#define OLDEST "GLIBC_2.2.3"
#else
#define OLDEST "GLIBC_2.17"
#endif

/* Leaves errno's error where clnt_pcreateerror(3) reads it. */
static void note_created(void)
{
	struct rpc_created *(*created)(void) = NULL;
	const int error = errno;
	void *found = real.dlvsym(RTLD_NEXT, "__rpc_thread_createerr", OLDEST);

	memcpy(&created, &found, sizeof(found));
	if (created != NULL)
		*created() =
			(struct rpc_created){.status = RPC_SYSTEM_ERROR, .call = {.error = error}};
	errno = error;
}

static void *no_client(void)
{
	note_created();
	return NULL;
}

static unsigned short no_port(void)
{
	note_created();
	return 0;
}

static int no_message(void)
{
	h_errno = TRY_AGAIN;
	return -1;
}

static int no_entry(int *error, int *herror)
{
	*error = errno;
	*herror = TRY_AGAIN;
	return NSS_STATUS_UNAVAIL;
}

#define FORGOTTEN(type, symbol, parameters, arguments, refused)                  \
	EXPORTED type symbol parameters                                          \
	{                                                                        \
		void *found = late_symbol(#symbol, __builtin_return_address(0)); \
		type(*function) parameters = NULL;                               \
                                                                                 \
		memcpy(&function, &found, sizeof(found));                        \
		if (function != NULL)                                            \
			return function arguments;                               \
		refuse(REFUSAL_INNER, #symbol);                                  \
		return refused;                                                  \
	}
#define PRIVATE(type, symbol, parameters, refused) \
	EXPORTED type symbol parameters            \
	{                                          \
		library_ready();                   \
		refuse(REFUSAL_INNER, #symbol);    \
		return refused;                    \
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* of what is refused unseen */
#include "lib/inner.def"
#pragma GCC diagnostic pop
