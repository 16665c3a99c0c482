//! HTTP/1.1 over one kept connection, as small as it can be: it must not cost more than what it measures.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The largest answer that is read.
const LARGEST: usize = 16 * 1024 * 1024;

/// A connection, and the answer that came last.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer that was received to its last byte.
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    head: &'a str,
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The values of a header.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        headers(self.head, name)
    }
    /// All headers, in order.
    pub fn all_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().skip(1).filter_map(|line| line.split_once(": "))
    }
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.body).into_owned()
    }
}

fn headers<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    head.lines().skip(1).filter_map(move |line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request as it is, and waits for the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let head = loop {
            if let Some(end) = end_of_head(&self.buffer) {
                break end;
            }
            self.more().await?;
        };
        let (status, length) = {
            let head = text(self.buffer.get(..head))?;
            let status =
                head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
            let length: usize = headers(head, "content-length")
                .next()
                .and_then(|length| length.parse().ok())
                .ok_or(io::ErrorKind::InvalidData)?;
            (status, length)
        };
        let all = head.saturating_add(length);
        if all > LARGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        while self.buffer.len() < all {
            self.more().await?;
        }
        let (head, body) = self.buffer.split_at_checked(head).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Answer { status, head: text(Some(head))?, body })
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn text(bytes: Option<&[u8]>) -> io::Result<&str> {
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The length of status line and headers with the empty line after them.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at.saturating_add(4))
}

/// Whether a page is shown to anybody.
pub async fn shows(address: SocketAddr, path: &str) -> bool {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.ask(request.as_bytes()).await.is_ok_and(|answer| answer.status == 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_in_pieces_is_one_answer() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in [
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nset-cookie: a=b\r\n\r\nhello",
                "HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\r\n",
            ] {
                let mut asked = [0; 1024];
                assert!(stream.read(&mut asked).await.unwrap() > 0);
                for byte in answer.as_bytes() {
                    stream.write_all(&[*byte]).await.unwrap();
                    stream.flush().await.unwrap();
                }
            }
        });
        let mut connection = Connection::open(address).await.unwrap();
        let answer = connection.ask(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        assert_eq!((answer.status, answer.body), (200, b"hello".as_slice()));
        assert_eq!(answer.headers("Set-Cookie").collect::<Vec<_>>(), ["a=b"]);
        let answer = connection.ask(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        assert_eq!((answer.status, answer.body), (303, b"".as_slice()));
        server.await.unwrap();
        // Cut off: no answer, so nothing was acknowledged.
        assert!(connection.ask(b"GET / HTTP/1.1\r\n\r\n").await.is_err());
    }
}
