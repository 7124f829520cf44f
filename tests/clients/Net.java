// SPDX-License-Identifier: MIT
// What stock Java does with the network: Net address HOST | name ADDRESS | page URL | pages URL...

import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

class Net {
	/** A thread that waits, in the way of every Java since 1.0. */
	static void page(String url) throws Exception {
		try (var page = new URL(url).openStream()) {
			page.transferTo(System.out);
		}
	}

	/** All at once and no thread of ours that waits: selectors and non-blocking channels. */
	static void pages(String... urls) {
		var client = HttpClient.newHttpClient();
		var answers = Arrays.stream(urls)
			.map(url -> HttpRequest.newBuilder(URI.create(url)).build())
			.map(request -> client.sendAsync(request, BodyHandlers.ofString()))
			.toArray(CompletableFuture<?>[]::new);
		CompletableFuture.allOf(answers).join();
		for (var answer : answers)
			System.out.print(((java.net.http.HttpResponse<?>) answer.join()).body());
	}

	public static void main(String... words) throws Exception {
		switch (words[0]) {
		case "address" -> System.out.println(InetAddress.getByName(words[1]).getHostAddress());
		case "name" -> System.out.println(InetAddress.getByName(words[1]).getHostName());
		case "page" -> page(words[1]);
		case "pages" -> pages(Arrays.copyOfRange(words, 1, words.length));
		default -> System.exit(2);
		}
	}
}
