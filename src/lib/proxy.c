/* SPDX-License-Identifier: MIT */
/* The proxy of the settings as a socket address. */
#include "lib/proxy.h"

#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "lib/library.h"

bool proxy_is_unix(void)
{
	return library.settings->proxy.path[0] != '\0';
}

socklen_t proxy_address(int domain, struct sockaddr_storage *out)
{
	const struct proxy *proxy = &library.settings->proxy;
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	if (!proxy_is_unix())
		return endpoint_to_sockaddr(&proxy->tcp, domain, out);
	if (domain != AF_UNIX)
		return 0;
	memcpy(sun.sun_path, proxy->path, sizeof(sun.sun_path));
	memcpy(out, &sun, sizeof(sun));
	return sizeof(sun);
}

int proxy_domain(void)
{
	if (proxy_is_unix())
		return AF_UNIX;
	return library.settings->proxy.tcp.addr.family == ADDR_V4 ? AF_INET : AF_INET6;
}

bool proxy_is_at(const struct sockaddr *sa, socklen_t len)
{
	const struct proxy *proxy = &library.settings->proxy;
	const struct sockaddr_un *sun = (const struct sockaddr_un *)(const void *)sa;
	const size_t offset = offsetof(struct sockaddr_un, sun_path);
	struct endpoint ep;

	if (proxy_is_unix())
		return len > offset && sa->sa_family == AF_UNIX &&
		       strnlen(sun->sun_path, len - offset) == strlen(proxy->path) &&
		       memcmp(sun->sun_path, proxy->path, strlen(proxy->path)) == 0;
	if (!endpoint_from_sockaddr(&ep, sa, len))
		return false;
	addr_unmap(&ep.addr);
	return endpoint_equal(&ep, &proxy->tcp);
}

const char *proxy_text(char out[static PROXY_TEXT_MAX])
{
	struct text text = text_over(out, PROXY_TEXT_MAX);
	char tcp[ENDPOINT_TEXT_MAX];

	if (proxy_is_unix())
		text_add_all(&text, "unix:", library.settings->proxy.path, (const char *)NULL);
	else
		text_add(&text, endpoint_format(&library.settings->proxy.tcp, tcp));
	return out;
}
