// SPDX-License-Identifier: MIT
//! Fetches a page from HOST:PORT in a thread each, and prints its last line.
use std::io::{Read, Write};
use std::net::TcpStream;
use std::{env, thread};

fn fetch(place: &str) -> std::io::Result<String> {
    let mut page = String::new();
    let mut stream = TcpStream::connect(place)?;
    write!(stream, "GET /rust HTTP/1.0\r\nHost: {}\r\n\r\n", place)?;
    stream.read_to_string(&mut page)?;
    Ok(page.lines().last().unwrap_or("").to_string())
}

fn main() {
    let threads: Vec<_> = env::args().skip(1).map(|place| thread::spawn(move || fetch(&place))).collect();
    for thread in threads {
        println!("{}", thread.join().unwrap().unwrap_or_else(|error| error.to_string()));
    }
}
