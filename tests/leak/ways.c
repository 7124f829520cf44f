/* SPDX-License-Identifier: MIT */
/*
 * ways STEP [WORDS]...: goes one way out of the machine, step by step, and says how far it came.
 *
 * A socket made by one step is used by those that follow; so a row of the matrix spells its way
 * out, such as "ways socket inet dgram 0 sendto 203.0.113.9 9". The last line on stdout is "ok",
 * with what was found if a name was asked for, or the name of the step that failed and its error.
 * The steps are in the table at the end; a word is a number or a constant from `words`.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <nss.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *name;
	int value;
} words[] = {
	{"unspec", AF_UNSPEC},
	{"inet", AF_INET},
	{"inet6", AF_INET6},
	{"unix", AF_UNIX},
	{"packet", AF_PACKET},
	{"netlink", AF_NETLINK},
	{"vsock", AF_VSOCK},
	{"stream", SOCK_STREAM},
	{"dgram", SOCK_DGRAM},
	{"raw", SOCK_RAW},
	{"seqpacket", SOCK_SEQPACKET},
	{"dccp-type", SOCK_DCCP},
	{"packet-type", SOCK_PACKET},
	{"tcp", IPPROTO_TCP},
	{"udp", IPPROTO_UDP},
	{"icmp", IPPROTO_ICMP},
	{"icmp6", IPPROTO_ICMPV6},
	{"sctp", IPPROTO_SCTP},
	{"dccp", IPPROTO_DCCP},
	{"udplite", IPPROTO_UDPLITE},
	{"mptcp", 262},
	{"raw-ip", IPPROTO_RAW},
	{"canonname", AI_CANONNAME},
	{"all", AI_ALL | AI_V4MAPPED},
	{"passive", AI_PASSIVE},
	{"namereqd", NI_NAMEREQD},
	{"dgram-service", NI_DGRAM},
	{"nofqdn", NI_NOFQDN},
};

static struct {
	int fd;
	bool by_syscall, by_alias;         /* which door the socket calls take */
	long (*enter)(long number, ...);   /* how a system call is made */
	void *(*from)(const char *symbol); /* where functions come from; NULL: from where they do */
	long wide;                         /* bits that the kernel does not look at */
	int flags;                         /* of every send */
	int family;                        /* put into every address instead of its own; -1: none */
	int length;                        /* of every address instead of its own; -1: none */
	char found[1024];                  /* what a lookup said */
	const char *error;                 /* a lookup's error; NULL: errno is */
} state = {.fd = -1, .enter = syscall, .family = -1, .length = -1};

typedef int way(char **args);

static _Noreturn void give_up(const char *why, const char *word)
{
	fprintf(stderr, "ways: %s: %s\n", why, word);
	exit(2);
}

static int number(const char *word)
{
	char *end;
	const long value = strtol(word, &end, 0);

	if (*word != '\0' && *end == '\0')
		return (int)value;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, word) == 0)
			return words[i].value;
	give_up("no such word", word);
}

/* ---- doors ----------------------------------------------------------------------------------- */

static void *alias(const char *symbol)
{
	void *found = dlsym(RTLD_DEFAULT, symbol);

	if (found == NULL)
		give_up("libc has no such name", symbol);
	return found;
}

/* Calls libc's function, its alias, or the system call itself; all return an int and take these. */
static int call_socket(int domain, int type, int protocol)
{
	int (*function)(int, int, int) = socket;

	if (state.by_syscall)
		return (int)state.enter(state.wide | SYS_socket, domain, type, protocol);
	if (state.by_alias)
		*(void **)&function = alias("__socket");
	if (state.from != NULL)
		*(void **)&function = state.from("socket");
	return function(domain, type, protocol);
}

static int call_connect(const struct sockaddr *addr, socklen_t len)
{
	int (*function)(int, const struct sockaddr *, socklen_t) = connect;

	if (state.by_syscall)
		return (int)state.enter(state.wide | SYS_connect, state.fd, addr, len);
	if (state.by_alias)
		*(void **)&function = alias("__connect");
	if (state.from != NULL)
		*(void **)&function = state.from("connect");
	return function(state.fd, addr, len);
}

static int call_sendto(const void *bytes, size_t n, const struct sockaddr *addr, socklen_t len)
{
	if (state.by_syscall)
		return (int)state.enter(
			state.wide | SYS_sendto, state.fd, bytes, n, state.flags, addr, len);
	return (int)sendto(state.fd, bytes, n, state.flags, addr, len);
}

static int call_sendmsg(struct msghdr *message)
{
	if (state.by_syscall)
		return (int)state.enter(state.wide | SYS_sendmsg, state.fd, message, state.flags);
	return (int)sendmsg(state.fd, message, state.flags);
}

static int call_sendmmsg(struct mmsghdr *messages, unsigned n)
{
	int (*function)(int, struct mmsghdr *, unsigned, int) = sendmmsg;

	if (state.by_syscall)
		return (int)state.enter(
			state.wide | SYS_sendmmsg, state.fd, messages, n, state.flags);
	if (state.by_alias)
		*(void **)&function = alias("__sendmmsg");
	return function(state.fd, messages, n, state.flags);
}

/* ---- sockets --------------------------------------------------------------------------------- */

struct address {
	struct sockaddr_storage storage;
	socklen_t len;
};

static const struct sockaddr *sockaddr_of(const struct address *address)
{
	return (const struct sockaddr *)&address->storage;
}

/*
 * ADDRESS[%INTERFACE] PORT, with the family and length that earlier steps asked for. Read by
 * functions that nobody interposes: only the steps themselves may be refused.
 */
static struct address address_of(char **args)
{
	struct address address = {.len = sizeof(struct sockaddr_in)};
	struct sockaddr_in *in = (void *)&address.storage;
	struct sockaddr_in6 *in6 = (void *)&address.storage;
	char text[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE], *scope;

	snprintf(text, sizeof(text), "%s", args[0]);
	scope = strchr(text, '%');
	if (scope != NULL)
		*scope++ = '\0';
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)number(args[1]));
	} else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		address.len = sizeof(*in6);
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)number(args[1]));
		in6->sin6_scope_id = scope != NULL ? if_nametoindex(scope) : 0;
	} else {
		give_up("no address", text);
	}
	if (state.family >= 0)
		address.storage.ss_family = (sa_family_t)state.family;
	if (state.length >= 0)
		address.len = (socklen_t)state.length;
	return address;
}

static int way_socket(char **args)
{
	state.fd = call_socket(number(args[0]), number(args[1]), number(args[2]));
	return state.fd < 0 ? -1 : 0;
}

static int way_connect(char **args)
{
	const struct address address = address_of(args);

	return call_connect(sockaddr_of(&address), address.len);
}

/* As connect, on a socket that does not block. */
static int way_begin(char **args)
{
	return way_connect(args) == 0 || errno == EINPROGRESS ? 0 : -1;
}

static int ready_by(const char *call)
{
	const int epoll = epoll_create1(EPOLL_CLOEXEC), seconds = 30;
	struct pollfd pollfd = {.fd = state.fd, .events = POLLOUT};
	struct epoll_event event = {.events = EPOLLOUT};
	struct timeval time = {.tv_sec = seconds};
	fd_set set;

	FD_ZERO(&set);
	FD_SET(state.fd, &set);
	if (strcmp(call, "answer") == 0)
		pollfd.events = POLLIN;
	if (strcmp(call, "poll") == 0 || strcmp(call, "answer") == 0)
		return poll(&pollfd, 1, seconds * 1000);
	if (strcmp(call, "select") == 0)
		return select(state.fd + 1, NULL, &set, NULL, &time);
	epoll_ctl(epoll, EPOLL_CTL_ADD, state.fd, &event);
	return epoll_wait(epoll, &event, 1, seconds * 1000);
}

/* Waits for what has begun, by the call that is named; "answer": for what the other side says, or its end. */
static int way_ready(char **args)
{
	int error = ETIMEDOUT;
	socklen_t len = sizeof(error);

	if (ready_by(args[0]) == 1)
		getsockopt(state.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	errno = error;
	return error == 0 ? 0 : -1;
}

static int way_bind(char **args)
{
	const struct address address = address_of(args);

	if (state.by_syscall)
		return (int)state.enter(
			state.wide | SYS_bind, state.fd, sockaddr_of(&address), address.len);
	return bind(state.fd, sockaddr_of(&address), address.len);
}

static int way_listen(char **args)
{
	(void)args;
	return (int)(state.by_syscall ? state.enter(state.wide | SYS_listen, state.fd, 5)
				      : listen(state.fd, 5));
}

/*
 * Something that an echo request of ICMP may be; its checksum is right for every kind of socket
 * that does not compute it, the first byte differs between the two ICMPs.
 */
static const unsigned char *payload(void)
{
	static unsigned char echo[8] = {8, 0, 0xf7, 0xff, 0, 0, 0, 0};
	int domain = AF_INET;
	socklen_t len = sizeof(domain);

	getsockopt(state.fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	echo[0] = domain == AF_INET6 ? 128 : 8;
	return echo;
}

static int way_send(char **args)
{
	(void)args;
	return send(state.fd, payload(), 8, state.flags) < 0 ? -1 : 0;
}

static int way_sendto(char **args)
{
	const struct address address = address_of(args);

	return call_sendto(payload(), 8, sockaddr_of(&address), address.len) < 0 ? -1 : 0;
}

static struct msghdr message_to(struct address *address, struct iovec *piece)
{
	static unsigned char copy[8];

	memcpy(copy, payload(), sizeof(copy));
	*piece = (struct iovec){.iov_base = copy, .iov_len = sizeof(copy)};
	return (struct msghdr){
		.msg_name = &address->storage,
		.msg_namelen = address->len,
		.msg_iov = piece,
		.msg_iovlen = 1,
	};
}

static int way_sendmsg(char **args)
{
	struct address address = address_of(args);
	struct iovec piece;
	struct msghdr message = message_to(&address, &piece);

	return call_sendmsg(&message) < 0 ? -1 : 0;
}

static int way_sendmmsg(char **args)
{
	struct address address = address_of(args);
	struct iovec pieces[2];
	struct mmsghdr messages[2] = {
		{.msg_hdr = message_to(&address, &pieces[0])},
		{.msg_hdr = message_to(&address, &pieces[1])},
	};

	return call_sendmmsg(messages, 2) < 0 ? -1 : 0;
}

/* A frame to everybody on the only wire; its type is nobody's. */
static int way_frame(char **args)
{
	static const unsigned char frame[60] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2, 0x88, 0xb6};
	const struct sockaddr_ll wire = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(0x88b6),
		.sll_ifindex = (int)if_nametoindex(args[0]),
		.sll_halen = 6,
	};

	return call_sendto(frame, sizeof(frame), (const struct sockaddr *)&wire, sizeof(wire)) < 0
		       ? -1
		       : 0;
}

/* The same frame from a socket of the old SOCK_PACKET kind, whose address is a name. */
static int way_old_frame(char **args)
{
	static const unsigned char frame[60] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2, 0x88, 0xb6};
	struct sockaddr wire = {.sa_family = AF_PACKET};

	strncpy(wire.sa_data, args[0], sizeof(wire.sa_data) - 1);
	return call_sendto(frame, sizeof(frame), &wire, sizeof(wire)) < 0 ? -1 : 0;
}

static int set(int level, int name, const void *value, socklen_t len)
{
	if (state.by_syscall)
		return (int)state.enter(
			state.wide | SYS_setsockopt, state.fd, level, name, value, len);
	return setsockopt(state.fd, level, name, value, len);
}

static int way_broadcast(char **args)
{
	const int on = 1;

	(void)args;
	return set(SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
}

static int way_fastopen_connect(char **args)
{
	const int on = 1;

	(void)args;
	return set(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on));
}

/* A loose source route (RFC 791) through one address: the first packet goes there. */
static int way_source_route(char **args)
{
	unsigned char option[] = {IPOPT_NOP, IPOPT_LSRR, 7, 4, 0, 0, 0, 0};

	inet_pton(AF_INET, args[0], option + 4);
	return set(IPPROTO_IP, IP_OPTIONS, option, sizeof(option));
}

/* A segment routing header (RFC 8754) of two segments. */
static int way_route_header(char **args)
{
	unsigned char header[8 + 32] = {0, 4, 4, 1, 1};

	inet_pton(AF_INET6, args[0], header + 24);
	return set(IPPROTO_IPV6, IPV6_RTHDR, header, sizeof(header));
}

static int way_mark(char **args)
{
	const int mark = 7;

	(void)args;
	return set(SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
}

/* sources DATABASE SERVICES: <nss.h>, where names are looked up from now on. */
static int way_sources(char **args)
{
	return __nss_configure_lookup(args[0], args[1]);
}

/* Joins a group by the call of its own family. */
static int way_join(char **args)
{
	struct ip_mreqn v4 = {.imr_ifindex = (int)if_nametoindex(args[1])};
	struct ipv6_mreq v6 = {.ipv6mr_interface = if_nametoindex(args[1])};

	if (inet_pton(AF_INET, args[0], &v4.imr_multiaddr) == 1)
		return set(IPPROTO_IP, IP_ADD_MEMBERSHIP, &v4, sizeof(v4));
	inet_pton(AF_INET6, args[0], &v6.ipv6mr_multiaddr);
	return set(IPPROTO_IPV6, IPV6_JOIN_GROUP, &v6, sizeof(v6));
}

/* Joins a group by the call for all families. */
static int way_join_any(char **args)
{
	char port[] = "0", *words_of[] = {args[0], port};
	const struct address address = address_of(words_of);
	struct group_req group = {
		.gr_interface = if_nametoindex(args[1]), .gr_group = address.storage};
	const bool v4 = address.storage.ss_family == AF_INET;

	return set(v4 ? IPPROTO_IP : IPPROTO_IPV6, MCAST_JOIN_GROUP, &group, sizeof(group));
}

/* Joins a group for what one source sends to it. */
static int way_join_source(char **args)
{
	struct ip_mreq_source group = {.imr_sourceaddr.s_addr = htonl(0xcb007109)};

	inet_pton(AF_INET, args[0], &group.imr_multiaddr);
	return set(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &group, sizeof(group));
}

/* Connects to a unix socket and says something. */
static int way_unix(char **args)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	/* As a request to nscd for a host: version, type (GETHOSTBYNAME), length of the key. */
	static const int32_t request[3] = {2, 4, 1};

	if (strlen(args[0]) >= sizeof(sun.sun_path))
		give_up("path too long", args[0]);
	memcpy(sun.sun_path, args[0], strlen(args[0]) + 1);
	state.fd = call_socket(AF_UNIX, SOCK_STREAM, 0);
	if (state.fd < 0 || call_connect((const struct sockaddr *)&sun, sizeof(sun)) != 0)
		return -1;
	return send(state.fd, request, sizeof(request), MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* The socket of the steps that follow is one that the server at a path hands over: PATH */
static int way_receive(char **args)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	const struct cmsghdr *header;
	long n;

	if (way_unix(args) != 0)
		return -1;
	n = state.by_syscall ? state.enter(SYS_recvmsg, state.fd, &message, 0)
			     : recvmsg(state.fd, &message, 0);
	header = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (header == NULL || header->cmsg_type != SCM_RIGHTS) {
		errno = n < 0 ? errno : ENOMSG;
		return -1;
	}
	memcpy(&state.fd, CMSG_DATA(header), sizeof(state.fd));
	return 0;
}

/* Hands the kernel a datagram, as if it had arrived by a tun device: DEVICE ADDRESS PORT */
static int way_tun(char **args)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	struct {
		struct iphdr ip;
		struct udphdr udp;
	} packet = {
		.ip = {.version = 4,
			.ihl = 5,
			.tot_len = htons(sizeof(packet)),
			.ttl = 64,
			.protocol = IPPROTO_UDP,
			.saddr = inet_addr("10.78.0.2"),
			.daddr = inet_addr(args[1])},
		.udp = {.dest = htons((in_port_t)number(args[2])),
			.len = htons(sizeof(packet.udp))},
	};
	const int fd = open("/dev/net/tun", O_RDWR);
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof(packet.ip); i += 2)
		sum += (uint32_t)((uint8_t *)&packet.ip)[i] << 8 | ((uint8_t *)&packet.ip)[i + 1];
	packet.ip.check = htons((uint16_t) ~((sum & 0xffff) + (sum >> 16)));
	strncpy(request.ifr_name, args[0], sizeof(request.ifr_name) - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
		return -1;
	return write(fd, &packet, sizeof(packet)) == sizeof(packet) ? 0 : -1;
}

/* ---- io_uring, by hand ----------------------------------------------------------------------- */

static void *ring_map(int ring, size_t n, long long offset)
{
	void *map = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, offset);

	if (map == MAP_FAILED)
		give_up("io_uring", strerror(errno));
	return map;
}

/* Lets the kernel connect the socket, with no connect call to be seen. */
static int way_uring_connect(char **args)
{
	const struct address address = address_of(args);
	struct io_uring_params params = {.flags = 0};
	const int ring = (int)state.enter(state.wide | SYS_io_uring_setup, 2, &params);
	struct io_uring_sqe *entries;
	unsigned char *queue;
	unsigned zero = 0;

	if (ring < 0)
		return -1;
	queue = ring_map(ring, params.sq_off.array + params.sq_entries * sizeof(unsigned),
		IORING_OFF_SQ_RING);
	entries = ring_map(ring, params.sq_entries * sizeof(*entries), IORING_OFF_SQES);
	entries[0] = (struct io_uring_sqe){
		.opcode = IORING_OP_CONNECT,
		.fd = state.fd,
		.addr = (uintptr_t)&address.storage,
		.off = address.len,
	};
	memcpy(queue + params.sq_off.array, &zero, sizeof(zero));
	__atomic_store_n((unsigned *)(void *)(queue + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	return state.enter(state.wide | SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		       NULL, 0) < 0
		       ? -1
		       : 0;
}

#include "ways_names.c"

#ifndef WAYS_STATIC /* its libc has no functions of old versions */
#include "ways_resolver.c"

#include "ways_inner.c"
#endif

#include "ways_past.c"

#include "ways_exec.c"

/* ---- circumstances --------------------------------------------------------------------------- */

/* The kernel looks at the lower half of a call's number alone. */
static int way_wide_syscall(char **args)
{
	(void)args;
	state.by_syscall = true;
	state.wide = (long)(1ULL << 32);
	return 0;
}

static int way_syscall(char **args)
{
	(void)args;
	state.by_syscall = true;
	return 0;
}

static int way_alias(char **args)
{
	(void)args;
	state.by_alias = true;
	return 0;
}

static int way_fastopen(char **args)
{
	(void)args;
	state.flags = MSG_FASTOPEN;
	return 0;
}

static int way_family(char **args)
{
	state.family = number(args[0]);
	return 0;
}

static int way_length(char **args)
{
	state.length = number(args[0]);
	return 0;
}

static int way_duplicate(char **args)
{
	(void)args;
	state.fd = dup(state.fd);
	return state.fd < 0 ? -1 : 0;
}

/* The steps that follow happen in a child; the parent says nothing. */
static int way_fork(char **args)
{
	const pid_t child = fork();
	int status = 0;

	(void)args;
	if (child == 0)
		return 0;
	if (child > 0)
		waitpid(child, &status, 0);
	_exit(WEXITSTATUS(status));
}

/* The steps that follow happen in a module, which is this program once more. */
static int in_module(void *module, char **args)
{
	int (*main_of)(int, char **) = NULL;
	void (*exit_of)(int) = NULL;
	void *found_main = module ? dlsym(module, "main") : NULL;
	void *found_exit = module ? dlsym(module, "exit") : NULL;
	int count = 0;

	state.error = "dlerror";
	if (found_main == NULL || found_exit == NULL)
		return -1;
	memcpy(&main_of, &found_main, sizeof(main_of));
	memcpy(&exit_of, &found_exit, sizeof(exit_of));
	while (args[count] != NULL)
		count++;
	exit_of(main_of(count + 1, args - 1));
	return -1;
}

static int way_deepbind(char **args)
{
	return in_module(dlopen("./ways.so", RTLD_NOW | RTLD_DEEPBIND), args);
}

static int way_namespace(char **args)
{
	return in_module(dlmopen(LM_ID_NEWLM, "./ways.so", RTLD_NOW), args);
}

/* Whoever runs us may now do something from outside, or wait for a packet; then closes our stdin.
 */
static int way_wait(char **args)
{
	char byte;

	(void)args;
	if (puts("waiting") < 0 || fflush(stdout) != 0)
		return -1;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

/* For functions that try again and again where nobody answers, when the first try is what counts. */
static int way_limit(char **args)
{
	alarm((unsigned)number(args[0]));
	return 0;
}

static const struct {
	const char *name;
	int args;
	way *go;
} ways[] = {
#ifndef WAYS_STATIC
	WAYS_RESOLVER,
	{"inner", 1, way_inner},
#endif
	{"wide-syscall", 0, way_wide_syscall},
	{"source-route", 1, way_source_route},
	{"route-header", 1, way_route_header},
	{"mark", 0, way_mark},
	{"sources", 2, way_sources},
	{"socket", 3, way_socket},
	{"connect", 2, way_connect},
	{"begin", 2, way_begin},
	{"ready", 1, way_ready},
	{"bind", 2, way_bind},
	{"listen", 0, way_listen},
	{"send", 0, way_send},
	{"sendto", 2, way_sendto},
	{"sendmsg", 2, way_sendmsg},
	{"sendmmsg", 2, way_sendmmsg},
	{"frame", 1, way_frame},
	{"old-frame", 1, way_old_frame},
	{"broadcast", 0, way_broadcast},
	{"fastopen-connect", 0, way_fastopen_connect},
	{"join", 2, way_join},
	{"join-any", 2, way_join_any},
	{"join-source", 1, way_join_source},
	{"tun", 3, way_tun},
	{"unix", 1, way_unix},
	{"receive", 1, way_receive},
	{"uring-connect", 2, way_uring_connect},
	{"getaddrinfo-plain", 1, way_getaddrinfo_plain},
	{"getaddrinfo", 3, way_getaddrinfo},
	{"getaddrinfo-connect", 2, way_getaddrinfo_connect},
	{"getnameinfo", 2, way_getnameinfo},
	{"gethostbyname", 1, way_gethostbyname},
	{"gethostbyname2", 2, way_gethostbyname2},
	{"gethostbyname_r", 1, way_gethostbyname_r},
	{"gethostbyname2_r", 2, way_gethostbyname2_r},
	{"gethostbyaddr", 1, way_gethostbyaddr},
	{"gethostbyaddr_r", 1, way_gethostbyaddr_r},
	{"syscall", 0, way_syscall},
	{"alias", 0, way_alias},
	{"fastopen", 0, way_fastopen},
	{"family", 1, way_family},
	{"length", 1, way_length},
	{"duplicate", 0, way_duplicate},
	{"fork", 0, way_fork},
	{"start", 2, way_start},
	{"deepbind", 0, way_deepbind},
	{"namespace", 0, way_namespace},
	{"wait", 0, way_wait},
	{"limit", 1, way_limit},
	{"instruction", 0, way_instruction},
	{"garbage", 0, way_garbage},
	{"int80-connect", 2, way_int80_connect},
	{"libc", 1, way_libc},
};

static const char *error_name(void)
{
	const char *name = state.error ? state.error : strerrorname_np(errno);

	return name ? name : "an error without a name";
}

int main(int argc, char **argv)
{
	char **word = argv + 1, **end = argv + argc;

	while (word < end) {
		size_t i = 0;

		while (i < sizeof(ways) / sizeof(ways[0]) && strcmp(ways[i].name, *word) != 0)
			i++;
		if (i == sizeof(ways) / sizeof(ways[0]) || end - word <= ways[i].args)
			give_up("no such step, or too few words for it", *word);
		if (ways[i].go(word + 1) != 0) {
			printf("%s %s\n", *word, error_name());
			return 1;
		}
		word += 1 + ways[i].args;
	}
	printf("ok%s\n", state.found);
	return 0;
}
