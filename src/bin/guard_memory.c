/* SPDX-License-Identifier: MIT */
/* Memory in a descriptor, without a path. */
#include <errno.h>
#include <sys/mman.h>

#include "bin/guard_memory.h"

#ifndef MFD_NOEXEC_SEAL /* Linux 6.3 */
#define MFD_NOEXEC_SEAL 8U
#endif

int guard_memory_make(const char *name, unsigned flags)
{
	int fd = memfd_create(name, flags | MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	return fd < 0 && errno == EINVAL ? memfd_create(name, flags | MFD_CLOEXEC) : fd;
}
