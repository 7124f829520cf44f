// SPDX-License-Identifier: MIT
// What stock Java does with the network: Net address HOST | name ADDRESS | page URL | pages URL... |
// channels HOST PORT COUNT

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

class Net {
	/** A thread that waits, in the way of every Java since 1.0. */
	static void page(String url) throws Exception {
		try (var page = new URL(url).openStream()) {
			page.transferTo(System.out);
		}
	}

	/** All at once, by the threads of the HTTP client. */
	static void pages(String... urls) {
		var client = HttpClient.newHttpClient();
		var answers = Arrays.stream(urls)
			.map(url -> HttpRequest.newBuilder(URI.create(url)).build())
			.map(request -> client.sendAsync(request, BodyHandlers.ofString()))
			.toArray(CompletableFuture<?>[]::new);
		CompletableFuture.allOf(answers).join();
		for (var answer : answers)
			System.out.print(((HttpResponse<?>) answer.join()).body());
	}

	static int left;

	/** All at once, by one thread with non-blocking channels and a selector. */
	static void channels(String host, int port, int count) throws Exception {
		var selector = Selector.open();
		left = count;
		for (int number = 0; number < count; number++) {
			var channel = SocketChannel.open();
			channel.configureBlocking(false);
			boolean open = channel.connect(new InetSocketAddress(host, port));
			channel.register(selector, open ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, number);
		}
		while (left > 0)
			selector.select(key -> {
				try {
					proceed(key, host);
				} catch (Exception error) {
					System.err.println(error);
					System.exit(1);
				}
			});
	}

	static void proceed(SelectionKey key, String host) throws Exception {
		var channel = (SocketChannel) key.channel();
		var bytes = ByteBuffer.allocate(4096);
		if (key.isConnectable() && channel.finishConnect())
			key.interestOps(SelectionKey.OP_WRITE);
		if (key.isWritable()) {
			var request = "GET /" + key.attachment() + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n";
			channel.write(ByteBuffer.wrap(request.getBytes()));
			key.interestOps(SelectionKey.OP_READ);
		}
		if (key.isReadable() && channel.read(bytes) < 0) {
			channel.close();
			left--;
		}
		System.out.write(bytes.array(), 0, bytes.position());
	}

	public static void main(String... words) throws Exception {
		switch (words[0]) {
		case "address" -> System.out.println(InetAddress.getByName(words[1]).getHostAddress());
		case "name" -> System.out.println(InetAddress.getByName(words[1]).getHostName());
		case "page" -> page(words[1]);
		case "pages" -> pages(Arrays.copyOfRange(words, 1, words.length));
		case "channels" -> channels(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
		default -> System.exit(2);
		}
	}
}
