/* SPDX-License-Identifier: MIT */
/* curl_multi HOST PORT COUNT: pages by libcurl's multi interface. */
#include "pages.h"

#include <curl/curl.h>

static void add(CURLM *multi, const struct pages *pages, int i)
{
	CURL *page = curl_easy_init();
	char url[512];

	snprintf(url, sizeof(url), "http://%s:%s/%d", pages->host, pages->port, i);
	curl_easy_setopt(page, CURLOPT_URL, url);
	curl_multi_add_handle(multi, page);
}

int main(int argc, char **argv)
{
	struct pages pages = pages_of(argc, argv);
	CURLM *multi = curl_multi_init();
	CURLMsg *message;
	int running, more;

	for (int i = 0; i < pages.count; i++)
		add(multi, &pages, i);
	while (curl_multi_perform(multi, &running) == CURLM_OK && running > 0)
		curl_multi_poll(multi, NULL, 0, 60000, NULL);
	while ((message = curl_multi_info_read(multi, &more)) != NULL) {
		if (message->data.result != CURLE_OK)
			fprintf(stderr, "libcurl: %s\n", curl_easy_strerror(message->data.result));
		curl_multi_remove_handle(multi, message->easy_handle);
		curl_easy_cleanup(message->easy_handle);
		pages.left--;
	}
	curl_multi_cleanup(multi);
	return pages.left;
}
