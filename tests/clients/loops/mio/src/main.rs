// SPDX-License-Identifier: MIT
// HOST PORT COUNT: pages by Rust's mio. Names by Rust's own standard library.
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::ToSocketAddrs;

/// Reads what there is; true at the end of the stream.
fn drain(stream: &mut TcpStream) -> io::Result<bool> {
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return Ok(true),
            Ok(n) => io::stdout().write_all(&bytes[..n])?,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().collect();
    let (host, port, count) = (&words[1], &words[2], words[3].parse().unwrap());
    let address = format!("{host}:{port}").to_socket_addrs()?.next().unwrap();
    let mut poll = Poll::new()?;
    let mut streams = Vec::new();
    for number in 0..count {
        let mut stream = TcpStream::connect(address)?;
        poll.registry().register(&mut stream, Token(number), Interest::READABLE | Interest::WRITABLE)?;
        streams.push(Some((stream, false)));
    }
    let mut events = Events::with_capacity(64);
    let mut left = count;
    while left > 0 {
        poll.poll(&mut events, None)?;
        for event in events.iter() {
            let number = event.token().0;
            let (stream, asked) = match &mut streams[number] {
                Some(page) => page,
                None => continue,
            };
            if event.is_writable() && !*asked {
                if let Some(error) = stream.take_error()? {
                    return Err(error);
                }
                if stream.peer_addr().is_err() {
                    continue;
                }
                write!(stream, "GET /{number} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
                *asked = true;
            }
            if event.is_readable() && drain(stream)? {
                streams[number] = None;
                left -= 1;
            }
        }
    }
    Ok(())
}
