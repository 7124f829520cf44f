# SPDX-License-Identifier: MIT
"""HOST PORT COUNT: pages by python's asyncio, with a HEAD_START of that many ms between addresses."""
import asyncio
import os
import sys

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
delay = int(os.environ.get("HEAD_START", 0)) / 1000 or None


async def fetch(number):
    reader, writer = await asyncio.open_connection(host, port, happy_eyeballs_delay=delay)
    writer.write(b"GET /%d HTTP/1.0\r\nHost: %s\r\n\r\n" % (number, host.encode()))
    sys.stdout.write((await reader.read()).decode())
    writer.close()
    await writer.wait_closed()


async def main():
    await asyncio.gather(*map(fetch, range(count)))


asyncio.run(main())
