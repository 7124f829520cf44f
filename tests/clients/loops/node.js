// SPDX-License-Identifier: MIT
// HOST PORT COUNT: pages by node's http, and by its net, with a HEAD_START of that many ms between addresses.
"use strict";
const http = require("http");
const net = require("net");
const [host, port, count] = process.argv.slice(2);

if (process.env.HEAD_START)
	net.setDefaultAutoSelectFamilyAttemptTimeout(Number(process.env.HEAD_START));

function byHttp(number) {
	http.get({host, port, path: `/${number}`, agent: false}, page => page.pipe(process.stdout));
}

function byNet(number) {
	const stream = net.connect({host, port});
	stream.on("connect", () => stream.write(`GET /${number} HTTP/1.0\r\nHost: ${host}\r\n\r\n`));
	stream.on("data", bytes => process.stdout.write(bytes));
}

for (let number = 0; number < Number(count); number++)
	(number % 2 ? byHttp : byNet)(number);
