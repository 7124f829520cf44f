/* SPDX-License-Identifier: MIT */
/* Fetches pages by libcurl, one after the other, for a curl that is linked statically. */
#include <curl/curl.h>
#include <stdio.h>

static int fetch(CURL *handle, const char *url)
{
	CURLcode result;

	curl_easy_setopt(handle, CURLOPT_URL, url);
	result = curl_easy_perform(handle);
	if (result != CURLE_OK)
		fprintf(stderr, "%s: %s\n", url, curl_easy_strerror(result));
	return result != CURLE_OK;
}

int main(int argc, char **argv)
{
	CURL *handle;
	int failed = 0;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	handle = curl_easy_init();
	for (int i = 1; i < argc && handle != NULL; i++)
		failed |= fetch(handle, argv[i]);
	return handle == NULL || failed;
}
