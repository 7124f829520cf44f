// SPDX-License-Identifier: MIT
// asio HOST PORT COUNT: pages by Boost.Asio, names by its resolver thread.
#include <array>
#include <boost/asio.hpp>
#include <iostream>
#include <list>
#include <string>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct Page {
	tcp::resolver resolver;
	tcp::socket stream;
	std::string request;
	std::array<char, 4096> bytes{};

	explicit Page(asio::io_context &loop) : resolver(loop), stream(loop) {}

	bool good(const error_code &error) const
	{
		if (error && error != asio::error::eof)
			std::cerr << request.substr(0, request.find("\r")) << ": " << error.message() << "\n";
		return !error;
	}

	void read()
	{
		stream.async_read_some(asio::buffer(bytes), [this](error_code error, std::size_t n) {
			std::cout.write(bytes.data(), static_cast<std::streamsize>(n));
			if (good(error))
				read();
		});
	}

	void write()
	{
		asio::async_write(stream, asio::buffer(request), [this](error_code error, std::size_t) {
			if (good(error))
				read();
		});
	}

	void open(const std::string &host, const std::string &port)
	{
		resolver.async_resolve(host, port, [this](error_code error, tcp::resolver::results_type found) {
			if (!good(error))
				return;
			asio::async_connect(stream, found, [this](error_code failure, const tcp::endpoint &) {
				if (good(failure))
					write();
			});
		});
	}
};

int main(int argc, char **argv)
{
	asio::io_context loop;
	std::list<Page> pages;

	if (argc != 4)
		return 2;
	for (int i = 0; i < std::stoi(argv[3]); i++) {
		Page &page = pages.emplace_back(loop);
		page.request = "GET /" + std::to_string(i) + " HTTP/1.0\r\nHost: " + argv[1] + "\r\n\r\n";
		page.open(argv[1], argv[2]);
	}
	loop.run();
}
