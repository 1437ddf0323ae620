//! Files of many formats, written here by hand: a reader that had written them itself would prove nothing.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

/// How the entries of a ZIP archive are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    /// Deflated, the lengths behind the content.
    Streamed,
}

pub(super) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn len16(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap().to_le_bytes()
}

fn len32(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap().to_le_bytes()
}

/// A ZIP archive.
pub(super) fn zip(method: Method, entries: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(method, entries, b"")
}

/// A ZIP archive with a comment.
pub(super) fn zip_with(method: Method, entries: &[(&str, &[u8])], comment: &[u8]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let packed = if method == Method::Stored { content.to_vec() } else { deflate(content) };
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let lengths = [&crc.sum().to_le_bytes()[..], &len32(&packed), &len32(content)].concat();
        let (flags, code) = match method {
            Method::Stored => (0, 0),
            Method::Deflated => (0, 8),
            Method::Streamed => (8, 8),
        };
        let start = vec![20, 0, flags, 0, code, 0, 0, 0, 0x21, 0];
        let shown = if method == Method::Streamed { vec![0; 12] } else { lengths.clone() };
        let offset = len32(&file);
        file.extend(
            [b"PK\x03\x04", &start[..], &shown, &len16(name.as_bytes()), &[0, 0], name.as_bytes()].concat(),
        );
        file.extend(&packed);
        if method == Method::Streamed {
            file.extend([b"PK\x07\x08", &lengths[..]].concat());
        }
        let rest = [&len16(name.as_bytes())[..], &[0; 12], &offset, name.as_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\0", &start[..], &lengths, &rest].concat());
    }
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX).to_le_bytes();
    let (length, offset) = (len32(&directory), len32(&file));
    let end =
        [b"PK\x05\x06\0\0\0\0", &count[..], &count, &length, &offset, &len16(comment), comment].concat();
    [file, directory, end].concat()
}

/// A ZIP archive whose one entry is written as by somebody who knows no length yet, and leaves room for a large one.
pub(super) fn zip64(name: &str, content: &[u8]) -> Vec<u8> {
    let mut file = zip(Method::Streamed, &[(name, content)]);
    // The lengths of the first header stand in a field behind its name.
    file[18..26].fill(0xff);
    file[28] = 20;
    let field = [&[1, 0, 16, 0][..], &[0; 16]].concat();
    let at = 30 + name.len();
    file.splice(at..at, field);
    file
}

/// A header of a tar archive, with its content.
fn tar_entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[148..156].copy_from_slice(b"        ");
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    header.extend_from_slice(content);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

/// A tar archive; a name that is too long for a header gets one of pax before it.
pub(super) fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    for (name, content) in entries {
        if name.len() > 99 {
            let line = format!("{} path={name}\n", name.len() + 10);
            file.extend(tar_entry("pax", b'x', line.as_bytes()));
        }
        file.extend(tar_entry(&name[..name.len().min(99)], b'0', content));
    }
    file.resize(file.len() + 1024, 0);
    file
}

/// A tar archive with a long comment of pax, and nothing else.
pub(super) fn pax(comment: &[u8]) -> Vec<u8> {
    let length = comment.len() + " comment=\n".len() + 4;
    let line = [format!("{length} comment=").as_bytes(), comment, b"\n"].concat();
    [tar_entry("pax", b'x', &line), vec![0; 1024]].concat()
}

/// A DEX file with one class whose one method loads the strings in this order.
pub(super) fn dex(strings: &[&str]) -> Vec<u8> {
    let mut sorted: Vec<&str> = strings.to_vec();
    sorted.sort_unstable();
    let mut file = vec![0; 112];
    file[..8].copy_from_slice(b"dex\n035\0");
    let table = file.len();
    file.resize(table + 4 * sorted.len(), 0);
    for (number, text) in sorted.iter().enumerate() {
        let at = len32(&file);
        file[table + 4 * number..][..4].copy_from_slice(&at);
        file.push(u8::try_from(text.len()).unwrap());
        file.extend([text.as_bytes(), b"\0"].concat());
    }
    file.resize(file.len().next_multiple_of(4), 0);
    let code = file.len();
    let number = |text: &&str| u8::try_from(sorted.iter().position(|it| it == text).unwrap()).unwrap();
    // const-string v0, and an invoke-virtual behind each, as a StringBuilder has it.
    let loads = strings.iter().flat_map(|text| [0x1a, 0, number(text), 0, 0x6e, 0x20, 1, 0, 0x10, 0]);
    let instructions: Vec<u8> = loads.chain([0x0e, 0]).collect();
    file.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(u32::try_from(instructions.len() / 2).unwrap().to_le_bytes());
    file.extend(&instructions);
    let data = len32(&file);
    // No fields, one direct method, its code's place in seven bits a byte.
    file.extend([0, 0, 1, 0, 0, 1]);
    file.extend([u8::try_from(code & 0x7f | 0x80).unwrap(), u8::try_from(code >> 7 & 0x7f).unwrap()]);
    file.resize(file.len().next_multiple_of(4), 0);
    let class = len32(&file);
    let mut definition = [0; 32];
    definition[24..28].copy_from_slice(&data);
    file.extend(definition);
    file[56..60].copy_from_slice(&u32::try_from(sorted.len()).unwrap().to_le_bytes());
    file[60..64].copy_from_slice(&u32::try_from(table).unwrap().to_le_bytes());
    file[96..100].copy_from_slice(&1_u32.to_le_bytes());
    file[100..104].copy_from_slice(&class);
    file
}

/// A PNG image with one chunk beside what every image has.
pub(super) fn png(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let chunk = |kind: &[u8], data: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(data);
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, &crc.sum().to_be_bytes()].concat()
    };
    let head = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let pixels = chunk(b"IDAT", &zlib(&[0, 0]));
    [b"\x89PNG\r\n\x1a\n", &head[..], &chunk(kind, data), &pixels, &chunk(b"IEND", b"")].concat()
}

/// An SQLite database of pages of 512 bytes with one row that holds a text, which may lie on several pages.
pub(super) fn sqlite(text: &[u8]) -> Vec<u8> {
    let (page, usable) = (512, 512);
    // The record: its header (of its own length, a type of two or three bytes), and the text.
    let kind = number(text.len() * 2 + 13);
    let record = [&[u8::try_from(kind.len() + 1).unwrap()][..], &kind, text].concat();
    let most = usable - 35;
    let least = (usable - 12) * 32 / 255 - 23;
    let local = match record.len() {
        length if length <= most => length,
        length => Some(least + (length - least) % (usable - 4)).filter(|it| *it <= most).unwrap_or(least),
    };
    let rest: Vec<_> = record[local..].chunks(usable - 4).collect();
    let mut cell = [&number(record.len())[..], &[1], &record[..local]].concat();
    if !rest.is_empty() {
        cell.extend(3_u32.to_be_bytes());
    }
    let mut file = vec![0; page * 2];
    file[..16].copy_from_slice(b"SQLite format 3\0");
    file[16..18].copy_from_slice(&512_u16.to_be_bytes());
    file[100] = 0x0d;
    let at = page - cell.len();
    file[page] = 0x0d;
    file[page + 4] = 1;
    file[page + 8..page + 10].copy_from_slice(&u16::try_from(at).unwrap().to_be_bytes());
    file[page + at..].copy_from_slice(&cell);
    for (number, part) in (4_u32..).zip(&rest) {
        let next = if usize::try_from(number).unwrap() < rest.len() + 3 { number } else { 0 };
        let start = file.len();
        file.extend([&next.to_be_bytes()[..], part].concat());
        file.resize(start + page, 0);
    }
    file
}

/// A number as SQLite writes it: seven bits a byte, the highest first.
fn number(number: usize) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(number & 0x7f).unwrap()];
    let mut rest = number >> 7;
    while rest > 0 {
        bytes.insert(0, u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    bytes
}
