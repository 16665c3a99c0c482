//! Connections that keep us waiting are closed, whatever protocol they would have spoken.
//!
//! hyper's own limit on slow headers begins when it knows that this is HTTP/1. A peer that connects and says nothing, or
//! half of HTTP/2's greeting, would be waited for without end; so the waiting is counted below HTTP and inside TLS.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// As many bytes as HTTP/2's greeting, and fewer than any request of HTTP/1.1 has.
const GREETING: usize = 24;

/// How long a connection may be silent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Until its first bytes are there.
    pub(crate) greeting: Duration,
    /// Between bytes in either direction after that.
    pub(crate) silence: Duration,
}

/// Accepts as the inner one does, and watches what it accepted.
#[derive(Debug, Clone)]
pub(crate) struct Watching<A> {
    inner: A,
    patience: Patience,
}

impl<A> Watching<A> {
    pub(crate) const fn new(inner: A, patience: Patience) -> Self {
        Self { inner, patience }
    }
}

impl<I, S, A> Accept<I, S> for Watching<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = Watched<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let accepting = self.inner.accept(stream, service);
        let patience = self.patience;
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            Ok((Watched { stream, patience, read: 0, until: Box::pin(sleep(patience.greeting)) }, service))
        })
    }
}

/// A connection that ends when it was silent for too long.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    stream: S,
    patience: Patience,
    read: usize,
    until: Pin<Box<Sleep>>,
}

impl<S> Watched<S> {
    fn something_moved(&mut self) {
        if self.read >= GREETING {
            self.until.as_mut().reset(Instant::now() + self.patience.silence);
        }
    }

    fn still_waiting(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        ready!(self.until.as_mut().poll(cx));
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(outcome) => {
                self.read = self.read.saturating_add(buf.filled().len().saturating_sub(before));
                self.something_moved();
                Poll::Ready(outcome)
            }
            Poll::Pending => self.still_waiting(cx).map(Err),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(cx, bytes) {
            Poll::Ready(outcome) => {
                self.something_moved();
                Poll::Ready(outcome)
            }
            Poll::Pending => self.still_waiting(cx).map(Err),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write_vectored(cx, bytes) {
            Poll::Ready(outcome) => {
                self.something_moved();
                Poll::Ready(outcome)
            }
            Poll::Pending => self.still_waiting(cx).map(Err),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Pending => self.still_waiting(cx).map(Err),
            done => done,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(cx) {
            Poll::Pending => self.still_waiting(cx).map(Err),
            done => done,
        }
    }
}
