//! A connection as far as bytes go: in the clear, or through TLS.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustls::ClientConnection;
use rustls::pki_types::ServerName;

/// A socket, and TLS over it where that is spoken.
#[derive(Debug)]
pub(super) struct Transport {
    socket: TcpStream,
    tls: Option<Box<ClientConnection>>,
}

/// How TLS is begun.
type Tls = (Arc<rustls::ClientConfig>, ServerName<'static>);

/// What a socket is waited for: everything, from the beginning, so that nothing need be asked of the system later.
const BOTH: Interest = Interest::READABLE.add(Interest::WRITABLE);

impl Transport {
    /// Begins to connect. Both directions are waited for from now on: edges are told once, and cost nothing while
    /// they do not come.
    pub(super) fn connect(to: SocketAddr, tls: Option<&Tls>, at: (&Registry, Token)) -> io::Result<Self> {
        let mut socket = TcpStream::connect(to)?;
        socket.set_nodelay(true)?;
        at.0.register(&mut socket, at.1, BOTH)?;
        let tls = tls.map(|(config, name)| ClientConnection::new(Arc::clone(config), name.clone()));
        let tls = tls.transpose().map_err(io::Error::other)?.map(Box::new);
        Ok(Self { socket, tls })
    }

    /// Whether the connection stands, TLS left aside: nothing while it is not known.
    pub(super) fn stands(&self) -> io::Result<bool> {
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        match self.socket.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Goes on with the handshake, if there is one; whether it is done.
    pub(super) fn shake_hands(&mut self) -> io::Result<bool> {
        let Self { socket, tls: Some(tls) } = self else { return Ok(true) };
        while tls.is_handshaking() {
            let before = (tls.wants_write(), tls.wants_read());
            if tls.wants_write() && patient(tls.write_tls(socket))?.is_none() {
                return Ok(false);
            }
            if tls.is_handshaking() && tls.wants_read() && !tls.wants_write() {
                match patient(tls.read_tls(socket))? {
                    None => return Ok(false),
                    Some(0) => return Err(ErrorKind::UnexpectedEof.into()),
                    Some(_) => {
                        tls.process_new_packets().map_err(io::Error::other)?;
                    }
                }
            }
            if before == (false, false) {
                return Ok(false);
            }
        }
        // Our own end of it is the last that is written, and the other end waits for it.
        flush(tls, socket)?;
        Ok(!tls.wants_write())
    }

    /// Writes as much as goes; nothing where nothing does.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        let Self { socket, tls } = self;
        match tls {
            None => patient(socket.write(bytes)),
            Some(tls) => {
                let taken = tls.writer().write(bytes)?;
                flush(tls, socket)?;
                Ok(Some(taken))
            }
        }
    }

    /// Writes what TLS still holds back.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let Self { socket, tls } = self;
        tls.as_mut().map_or(Ok(()), |tls| flush(tls, socket))
    }

    /// Reads what is there; nothing where nothing is, 0 where the connection has ended.
    pub(super) fn read(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        let Self { socket, tls } = self;
        let Some(tls) = tls else { return patient(socket.read(into)) };
        loop {
            if let Some(count) = patient(tls.reader().read(into))? {
                return Ok(Some(count));
            }
            match patient(tls.read_tls(socket))? {
                None => return Ok(None),
                // TLS knows whether its stream came to its end, and says so when it is asked for more.
                Some(0) => {}
                Some(_) => {
                    tls.process_new_packets().map_err(io::Error::other)?;
                }
            }
        }
    }

    /// Whether something that was written has not left yet.
    pub(super) fn holds_back(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.wants_write())
    }

    /// Whether a read that did not fill its room has taken all that is there. Behind TLS there may be more.
    pub(super) fn short_reads_end(&self) -> bool {
        self.tls.is_none()
    }
}

/// A socket to which a single slice is written as such: of a vector of one, the system takes more trouble.
struct Slices<'a>(&'a mut TcpStream);

impl Write for Slices<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if let [one] = slices { self.0.write(one) } else { self.0.write_vectored(slices) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn flush(tls: &mut ClientConnection, socket: &mut TcpStream) -> io::Result<()> {
    while tls.wants_write() {
        if patient(tls.write_tls(&mut Slices(socket)))?.is_none() {
            break;
        }
    }
    Ok(())
}

/// A result in which waiting is no error.
fn patient(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
        Err(error) => Err(error),
    }
}
