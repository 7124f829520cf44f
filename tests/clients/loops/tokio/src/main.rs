// SPDX-License-Identifier: MIT
// HOST PORT COUNT: pages by Rust's tokio, a task each on as many threads as there are processors. Names in threads, too.
use std::env;
use std::io::{self, Write};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

async fn page(host: String, port: u16, number: usize) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((host.as_str(), port)).await?;
    let request = format!("GET /{number} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    let mut bytes = Vec::new();
    stream.write_all(request.as_bytes()).await?;
    stream.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().collect();
    let (host, port, count) = (&words[1], words[2].parse().unwrap(), words[3].parse().unwrap());
    let runtime = Runtime::new()?;
    let tasks: Vec<_> = (0..count).map(|number| runtime.spawn(page(host.clone(), port, number))).collect();
    for task in tasks {
        io::stdout().write_all(&runtime.block_on(task)??)?;
    }
    Ok(())
}
