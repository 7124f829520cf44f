/* SPDX-License-Identifier: MIT */
/*
 * The steps of `ways` that go past libc's public functions, or find them past the library; ways.c
 * includes this.
 */
#include <link.h>

/* ---- the instruction ------------------------------------------------------------------------- */

/* One system call, as an assembler, another language's runtime or liburing makes it. */
static long enter_kernel(long number, const long a[6])
{
#if defined(__x86_64__)
	register long a3 __asm__("r10");
	register long a4 __asm__("r8");
	register long a5 __asm__("r9");
	long result;

	a3 = a[3];
	a4 = a[4];
	a5 = a[5];
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(a3), "r"(a4), "r"(a5)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long call __asm__("x8");
	register long a0 __asm__("x0");
	register long a1 __asm__("x1");
	register long a2 __asm__("x2");
	register long a3 __asm__("x3");
	register long a4 __asm__("x4");
	register long a5 __asm__("x5");

	call = number;
	a0 = a[0];
	a1 = a[1];
	a2 = a[2];
	a3 = a[3];
	a4 = a[4];
	a5 = a[5];
	__asm__ volatile("svc #0"
			 : "+r"(a0)
			 : "r"(call), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
#else
	/* Such a build is static: its libc's is not the library's. */
	const long result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);

	return result < 0 ? -errno : result;
#endif
}

static long result_of(long result)
{
	if (result >= 0 || result < -4095)
		return result;
	errno = (int)-result;
	return -1;
}

/* In the place of syscall(2), which reads six arguments, too, whatever it was given. */
static long by_instruction(long number, ...)
{
	long a[6];
	va_list more;

	va_start(more, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(more, long);
	va_end(more);
	return result_of(enter_kernel(number, a));
}

/* The steps that follow make their system calls themselves. */
static int way_instruction(char **args)
{
	(void)args;
	state.by_syscall = true;
	state.enter = by_instruction;
	return 0;
}

/* Which arguments of a call the kernel takes as int, a bit for each. */
static unsigned narrow_arguments(long number)
{
	static const struct {
		long number;
		unsigned arguments;
	} calls[] = {
		{SYS_socket, 7},
		{SYS_connect, 1 | 4},
		{SYS_bind, 1 | 4},
		{SYS_listen, 1 | 2},
		{SYS_sendto, 1 | 8 | 32},
		{SYS_sendmsg, 1 | 4},
		{SYS_sendmmsg, 1 | 4 | 8},
		{SYS_setsockopt, 1 | 2 | 4 | 16},
		{SYS_io_uring_setup, 1},
		{SYS_io_uring_enter, 1 | 2 | 4 | 8},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].number == number)
			return calls[i].arguments;
	return 0;
}

static long by_garbage(long number, ...)
{
	const unsigned narrow = narrow_arguments(number);
	const unsigned long garbage = (unsigned long)(0xfeedfaceULL << 32);
	long a[6];
	va_list more;

	va_start(more, number);
	for (int i = 0; i < 6; i++) {
		a[i] = va_arg(more, long);
		if (narrow >> i & 1)
			a[i] = (long)((unsigned)a[i] | garbage);
	}
	va_end(more);
	return result_of(enter_kernel(number, a));
}

/* The steps that follow leave garbage above each argument of which the kernel takes the lower half. */
static int way_garbage(char **args)
{
	(void)args;
	state.by_syscall = true;
	state.enter = by_garbage;
	return 0;
}

/*
 * A socket and its connect by the 32-bit door of a 64-bit kernel, which has numbers of its own and
 * sees no memory above 4 GB: ADDRESS PORT
 */
static int way_int80_connect(char **args)
{
#if defined(__x86_64__)
	enum { I386_SOCKET = 359, I386_CONNECT = 362 };
	const struct address address = address_of(args);
	void *low = mmap(NULL, sizeof(address.storage), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long result;

	if (low == MAP_FAILED)
		give_up("int80-connect", strerror(errno));
	memcpy(low, &address.storage, sizeof(address.storage));
	__asm__ volatile(
		"int $0x80"
		: "=a"(result)
		: "a"(I386_SOCKET), "b"(address.storage.ss_family), "c"(SOCK_STREAM), "d"(0)
		: "r8", "r9", "r10", "r11", "memory");
	if (result_of(result) < 0)
		return -1;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(I386_CONNECT), "b"(result), "c"(low), "d"(address.len)
			 : "r8", "r9", "r10", "r11", "memory");
	return (int)result_of(result);
#else
	(void)args;
	errno = ENOSYS;
	return -1;
#endif
}

/* ---- libc's functions, found otherwise than by the loader's search order ---------------------- */

static void *from_handle(const char *symbol)
{
	void *libc = dlopen("libc.so.6", RTLD_NOW);

	return libc != NULL ? dlsym(libc, symbol) : NULL;
}

static void *by_version(void *handle, const char *symbol)
{
#if defined(__x86_64__)
	static const char version[] = "GLIBC_2.2.5";
#elif defined(__aarch64__)
	static const char version[] = "GLIBC_2.17";
#else
	static const char version[] = "GLIBC_2.0";
#endif

	return dlvsym(handle, symbol, version);
}

static void *from_version(const char *symbol)
{
	return by_version(RTLD_DEFAULT, symbol);
}

static void *from_next_version(const char *symbol)
{
	return by_version(RTLD_NEXT, symbol);
}

struct search {
	const char *symbol;
	void *found;
};

/* Reads the table itself, which in libc ends where the names begin. */
static int search_libc(struct dl_phdr_info *object, size_t size, void *argument)
{
	struct search *search = argument;
	const ElfW(Dyn) *dynamic = NULL;
	const ElfW(Sym) *entry = NULL;
	const char *names = NULL;

	(void)size;
	for (int i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
			dynamic = (const void *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
	if (strstr(object->dlpi_name, "/libc.so.") == NULL || dynamic == NULL)
		return 0;
	for (; dynamic->d_tag != DT_NULL; dynamic++) {
		if (dynamic->d_tag == DT_SYMTAB)
			entry = (const void *)dynamic->d_un.d_ptr;
		if (dynamic->d_tag == DT_STRTAB)
			names = (const void *)dynamic->d_un.d_ptr;
	}
	for (; (const char *)entry < names && search->found == NULL; entry++)
		if (strcmp(names + entry->st_name, search->symbol) == 0)
			search->found = (void *)(object->dlpi_addr + entry->st_value);
	return 1;
}

static void *from_table(const char *symbol)
{
	struct search search = {.symbol = symbol};

	dl_iterate_phdr(search_libc, &search);
	return search.found;
}

/* libc WAY: how the steps that follow find libc's functions for sockets. */
static int way_libc(char **args)
{
	static const struct {
		const char *name;
		void *(*from)(const char *symbol);
	} searches[] = {
		{"handle", from_handle},
		{"version", from_version},
		{"next-version", from_next_version},
		{"table", from_table},
	};

	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++)
		if (strcmp(searches[i].name, args[0]) == 0)
			state.from = searches[i].from;
	if (state.from == NULL || state.from("connect") == NULL)
		give_up("no libc is found so", args[0]);
	return 0;
}
