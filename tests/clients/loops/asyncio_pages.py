# SPDX-License-Identifier: MIT
"""HOST PORT COUNT: pages by python's asyncio."""
import asyncio
import sys

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def fetch(number):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /%d HTTP/1.0\r\nHost: %s\r\n\r\n" % (number, host.encode()))
    sys.stdout.write((await reader.read()).decode())
    writer.close()
    await writer.wait_closed()


async def main():
    await asyncio.gather(*map(fetch, range(count)))


asyncio.run(main())
