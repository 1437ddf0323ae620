//! One file, and everything that is folded in it.

use std::fmt;
use std::io::{self, Read};
use std::mem;
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::budget::{Budget, Metered};
use super::event::{Event, Finding, Place, What};
use super::format::{self, Look, Texts};
use super::limits::{DEEPEST, WHOLE};
use super::source::{Source, fill};
use super::wanted::Wanted;
use super::window::Search;

/// The longest name that is kept of an entry.
const LONGEST_NAME: usize = 512;

/// So much of a file shows what it is.
const HEAD: usize = 512;

/// Looks into files, one after the other.
pub struct Walker<'a> {
    wanted: &'a Wanted,
    hear: &'a mut dyn FnMut(Event),
    budget: Rc<Budget<'a>>,
    stop: &'a AtomicBool,
    /// Where it is now.
    place: Place,
    /// Room to work in.
    window: Vec<u8>,
}

impl<'a> Walker<'a> {
    /// Tells what it comes upon; `stop` ends it early.
    pub fn new(wanted: &'a Wanted, stop: &'a AtomicBool, hear: &'a mut dyn FnMut(Event)) -> Self {
        let budget = Rc::new(Budget::new(0, stop));
        Self { wanted, hear, budget, stop, place: Place::default(), window: Vec::new() }
    }

    /// Looks into a file of some length. What cannot be looked into is told, and is no error.
    pub fn walk(&mut self, file: Place, length: u64, content: &mut dyn Read) {
        self.place = file;
        self.budget = Rc::new(Budget::new(length, self.stop));
        self.search_name();
        let depth = self.place.entries.len();
        self.look(&mut Source::new(content));
        if let Some(end) = self.budget.ended() {
            self.place.entries.truncate(depth);
            (self.hear)(Event::Unread { place: self.place.clone(), why: end.why(length) });
        }
    }

    /// Tells that a file could not be looked into.
    pub fn unread_file(&mut self, file: Place, why: &str) {
        (self.hear)(Event::Unread { place: file, why: why.to_owned() });
    }

    /// A name may hold a key too.
    fn search_name(&mut self) {
        let (traces, lookalikes) = self.wanted.both(self.place.file.as_bytes());
        for _ in lookalikes {
            self.found_in_name(What::Pattern);
        }
        for trace in traces {
            self.found_in_name(What::Key { credential: trace.credential, form: trace.form });
        }
    }

    fn found_in_name(&mut self, what: What) {
        let read = Some("in the name of the file");
        (self.hear)(Event::Found(Finding { place: self.place.clone(), offset: 0, what, read }));
    }

    /// Looks into a file or an entry, whatever it is.
    fn look(&mut self, source: &mut Source<'_>) {
        let looked = match source.peek(HEAD) {
            Ok(head) => match format::of(head) {
                Some(format) => self.look_as(source, format.look, format.name),
                None => self.search(source, 0),
            },
            Err(error) => Err(error),
        };
        if let Err(error) = looked {
            self.unread(&words(&error));
        }
    }

    fn look_as(&mut self, source: &mut Source<'_>, look: Look, name: &'static str) -> io::Result<()> {
        match look {
            Look::Archive(_) if self.place.entries.len() >= DEEPEST => {
                self.unread(&format!("archives lie in each other deeper than {DEEPEST} levels"));
                self.search(source, 0)
            }
            Look::Archive(walk) => walk(self, source),
            Look::Whole(texts) => self.whole(source, texts, name),
            Look::Closed(why) => {
                self.unread(why);
                self.search(source, 0)
            }
        }
    }

    /// Looks into an entry; its bytes cost nothing where they stand in the archive as they are.
    pub(super) fn stored(&mut self, name: &str, content: &mut dyn Read) {
        self.enter(name, |walker| walker.look(&mut Source::new(content)));
    }

    /// Looks into an entry that unfolds to more than there is.
    pub(super) fn unfolded(&mut self, name: &str, content: &mut dyn Read) {
        let budget = Rc::clone(&self.budget);
        self.enter(name, |walker| walker.look(&mut Source::new(&mut Metered::new(content, &budget))));
    }

    fn enter(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        if !self.budget.pay_entry() {
            return;
        }
        (self.hear)(Event::Entry);
        self.place.entries.push(self.shown(name));
        look(self);
        self.place.entries.pop();
    }

    /// Searches what is left of a source as it stands; `before` bytes of it stand before that.
    pub(super) fn search(&mut self, from: &mut dyn Read, before: u64) -> io::Result<()> {
        self.search_without(from, before, Vec::new())
    }

    fn search_without(
        &mut self,
        from: &mut dyn Read,
        before: u64,
        told: Vec<Range<usize>>,
    ) -> io::Result<()> {
        let mut window = mem::take(&mut self.window);
        let budget = Rc::clone(&self.budget);
        let search = Search::new(self.wanted, &self.place, self.hear).at(before).without(told);
        let done = search.run(from, &mut window, &|| budget.ended().is_none());
        self.window = window;
        done
    }

    /// Searches bytes that were read already.
    pub(super) fn search_bytes(&mut self, bytes: &[u8], before: u64) {
        Search::new(self.wanted, &self.place, self.hear).at(before).whole(bytes);
    }

    /// Searches what has to be seen whole: as it stands, and as a reader of that format sees it.
    fn whole(&mut self, source: &mut Source<'_>, texts: Texts, name: &str) -> io::Result<()> {
        let mut bytes = Vec::new();
        let (count, done) = fill(source, &mut bytes, 0..WHOLE + 1);
        bytes.truncate(count);
        if count > WHOLE {
            self.unread(&format!(
                "it is longer than the {} MiB up to which a {name} is taken apart; its bytes were searched as they are",
                WHOLE >> 20
            ));
            return self.search(&mut bytes.chain(source), 0);
        }
        let mut search = Search::new(self.wanted, &self.place, self.hear);
        let mut told = Vec::new();
        let read = texts(&bytes, &mut |joined, how| told.extend(search.alone(joined, how)));
        if let Err(why) = read {
            self.unread(why);
        }
        self.search_without(&mut &*bytes, 0, told)?;
        done
    }

    /// As much of a name as is kept, what would be a part of a key by that left out: a million of them may be held at once.
    fn shown(&self, name: &str) -> String {
        if name.len() <= LONGEST_NAME {
            return name.to_owned();
        }
        let mut name = self.wanted.veiled(name);
        name.truncate(name.floor_char_boundary(LONGEST_NAME));
        name
    }

    /// Whether somebody wants it to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether nothing more is to be looked into.
    pub(super) fn ended(&self) -> bool {
        self.budget.ended().is_some()
    }

    /// The name of the innermost entry, or of the file.
    pub(super) fn name(&self) -> &str {
        self.place.entries.last().unwrap_or(&self.place.file)
    }

    /// Tells that an entry could not be looked into, at least not as it was meant to be.
    pub(super) fn unread_entry(&mut self, name: &str, why: &str) {
        self.place.entries.push(self.shown(name));
        self.unread(why);
        self.place.entries.pop();
    }

    /// Tells that something here could not be looked into, unless that is so because nothing more is to be.
    pub(super) fn unread(&mut self, why: &str) {
        if !self.ended() {
            (self.hear)(Event::Unread { place: self.place.clone(), why: why.to_owned() });
        }
    }
}

/// What went wrong, for people.
fn words(error: &io::Error) -> String {
    let kind = error.kind();
    if kind == io::ErrorKind::UnexpectedEof {
        "it is cut short".to_owned()
    } else if matches!(kind, io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) {
        format!("it is damaged: {error}")
    } else {
        format!("it cannot be read: {error}")
    }
}

impl fmt::Debug for Walker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Walker({})", self.place.file)
    }
}
