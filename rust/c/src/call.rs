//! One call from C: its arguments checked before they are used, its outcome as a status, and the reason kept for
//! the thread that asked.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::c_char;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use countermark_core::error::{Code, Error, Result as CoreResult};
use countermark_core::limits;

use crate::fork::registered_at_load;
use crate::results::error_json;
use crate::status::{CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER, CM_C_OVERLAP, CM_OK, cm_status};

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of the core, and the argument that it is about, where it is about one.
    Core(Error, Option<&'static str>),
    /// An error that only a caller from C can make.
    Own { status: cm_status, message: Cow<'static, str>, argument: &'static str },
}

/// The outcome of everything within a call.
pub(crate) type Result<T, E = Failure> = core::result::Result<T, E>;

impl Failure {
    pub(crate) fn own(
        status: cm_status,
        message: impl Into<Cow<'static, str>>,
        argument: &'static str,
    ) -> Self {
        Self::Own { status, message: message.into(), argument }
    }

    pub(crate) fn status(&self) -> cm_status {
        match self {
            Self::Core(error, _) => error.code().number().into(),
            Self::Own { status, .. } => *status,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error, None)
    }
}

/// An outcome of the core that is told together with the argument that it is about.
pub(crate) trait About<T> {
    /// The one argument that was read.
    fn about(self, argument: &'static str) -> Result<T>;

    /// The argument that the core names as the field.
    fn about_its_field(self) -> Result<T>;
}

impl<T> About<T> for CoreResult<T> {
    fn about(self, argument: &'static str) -> Result<T> {
        self.map_err(|error| Failure::Core(error, Some(argument)))
    }

    fn about_its_field(self) -> Result<T> {
        self.map_err(|error| {
            let field = error.field();
            Failure::Core(error, field)
        })
    }
}

thread_local! {
    static LAST: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

/// The last failure on this thread as JSON; `null` where there was none.
pub(crate) fn last_error() -> String {
    let told = LAST.try_with(|last| {
        let last = last.try_borrow().ok()?;
        last.as_ref().map(error_json)
    });
    // A thread that is ending has nothing left to tell.
    told.ok().flatten().unwrap_or_else(|| "null".to_owned())
}

/// Runs one call. A panic is a fault of ours and becomes `internal.error`; the core holds no state that an
/// interrupted call could leave half changed.
///
/// # Safety
/// The caller in C keeps the conventions at the top of the header for every pointer that `work` hands to the
/// [`Call`]: each points to as much memory as its length says, which nobody writes to during the call.
pub(crate) unsafe fn enter(work: impl for<'a> FnOnce(&mut Call<'a>) -> Result<()>) -> cm_status {
    guarded(work).map_or_else(
        |failure| {
            let status = failure.status();
            let keep =
                |last: &RefCell<Option<Failure>>| last.try_borrow_mut().map(|mut last| last.replace(failure));
            // What was kept before is dropped here; a thread that is ending keeps nothing.
            drop(LAST.try_with(keep));
            status
        },
        |()| CM_OK,
    )
}

/// Runs a call that tells of the last failure, and leaves that as it is.
///
/// # Safety
/// As for [`enter`].
pub(crate) unsafe fn enter_quietly(work: impl for<'a> FnOnce(&mut Call<'a>) -> Result<()>) -> cm_status {
    guarded(work).map_or_else(|failure| failure.status(), |()| CM_OK)
}

fn guarded(work: impl for<'a> FnOnce(&mut Call<'a>) -> Result<()>) -> Result<()> {
    registered_at_load();
    let fault = |_| Err(Error::new(Code::Internal, "a fault inside countermark; please report it").into());
    catch_unwind(AssertUnwindSafe(|| work(&mut Call::new()))).unwrap_or_else(fault)
}

/// Bytes of one input for which nothing smaller is stated. It stops lengths that are mistakes.
pub(crate) const INPUT: usize = 1 << 30;

/// Addresses from and up to, and whether they are written to.
#[derive(Clone, Copy, Default)]
struct Range(usize, usize, bool);

impl Range {
    fn new<T>(start: *const T, length: usize, written: bool) -> Self {
        let start = start.addr();
        Self(start, start.saturating_add(length), written)
    }

    /// Whether writing to one changes the other.
    fn meets(self, other: Self) -> bool {
        (self.2 || other.2) && self.0 < other.1 && other.0 < self.1
    }
}

/// What every function calls the memory for its result, and the place of that memory's size.
const OUT: &str = "out";
const OUT_LENGTH: &str = "out_length";

/// Arguments that no function has more of.
const MOST: usize = 12;

/// The arguments of one call; what it lends lives no longer than the call.
pub(crate) struct Call<'a> {
    ranges: [Range; MOST],
    used: usize,
    lent: PhantomData<&'a [u8]>,
}

impl<'a> Call<'a> {
    fn new() -> Self {
        Self { ranges: [Range::default(); MOST], used: 0, lent: PhantomData }
    }

    /// Refuses memory that another argument of this call has as well, where one of them is written to.
    fn take<T>(&mut self, start: *const T, length: usize, name: &'static str, written: bool) -> Result<()> {
        let range = Range::new(start, length, written);
        if length != 0 {
            if self.ranges.iter().take(self.used).any(|other| other.meets(range)) {
                return Err(overlap(name));
            }
            if let Some(free) = self.ranges.get_mut(self.used) {
                *free = range;
                self.used += 1;
            }
        }
        Ok(())
    }

    /// Bytes; none at all may come without an address.
    pub(crate) fn bytes(
        &mut self,
        data: *const u8,
        length: usize,
        name: &'static str,
        most: usize,
    ) -> Result<&'a [u8]> {
        if data.is_null() {
            return if length == 0 { Ok(&[]) } else { Err(null(name)) };
        }
        if length > most {
            let message = format!("{name} of {length} bytes is over the limit of {most}");
            return Err(too_large(message, name));
        }
        self.take(data, length, name, false)?;
        // SAFETY: not null, at most `INPUT` bytes, and by the contract of `enter` as many as are there; bytes need
        // no alignment; nobody writes to them during the call, we neither, since results may not overlap.
        Ok(unsafe { core::slice::from_raw_parts(data, length) })
    }

    /// Bytes that may be absent: no address.
    pub(crate) fn optional_bytes(
        &mut self,
        data: *const u8,
        length: usize,
        name: &'static str,
        most: usize,
    ) -> Result<Option<&'a [u8]>> {
        if data.is_null() && length == 0 {
            return Ok(None);
        }
        self.bytes(data, length, name, most).map(Some)
    }

    /// Text whose reader looks at its bytes itself, as those of JSON and PEM do.
    pub(crate) fn raw_text(
        &mut self,
        text: *const c_char,
        length: usize,
        name: &'static str,
        most: usize,
    ) -> Result<&'a [u8]> {
        self.bytes(text.cast(), length, name, most)
    }

    /// A JSON document.
    pub(crate) fn json(
        &mut self,
        text: *const c_char,
        length: usize,
        name: &'static str,
    ) -> Result<&'a [u8]> {
        self.raw_text(text, length, name, limits::JSON_TEXT)
    }

    /// Text in UTF-8.
    pub(crate) fn text(&mut self, text: *const c_char, length: usize, name: &'static str) -> Result<&'a str> {
        utf8(self.raw_text(text, length, name, limits::JSON_TEXT)?, name)
    }

    /// Text in UTF-8 that may be absent: no address.
    pub(crate) fn optional_text(
        &mut self,
        text: *const c_char,
        length: usize,
        name: &'static str,
    ) -> Result<Option<&'a str>> {
        let bytes = self.optional_bytes(text.cast(), length, name, limits::JSON_TEXT)?;
        bytes.map(|bytes| utf8(bytes, name)).transpose()
    }

    /// Numbers.
    pub(crate) fn numbers(
        &mut self,
        data: *const usize,
        count: usize,
        name: &'static str,
    ) -> Result<Vec<usize>> {
        const WIDTH: usize = size_of::<usize>();
        let bytes = self.bytes(data.cast(), count.saturating_mul(WIDTH), name, INPUT)?;
        let (chunks, _) = bytes.as_chunks::<WIDTH>();
        Ok(chunks.iter().map(|chunk| usize::from_ne_bytes(*chunk)).collect())
    }

    /// Memory for a result, whose size stands where `length` points and is replaced by that of the result.
    pub(crate) fn output(&mut self, data: *mut u8, length: *mut usize) -> Result<Output<'a>> {
        if length.is_null() {
            return Err(null(OUT_LENGTH));
        }
        // SAFETY: not null, and by the contract of `enter` it points to a number; it need not be aligned.
        let given = unsafe { length.read_unaligned() };
        let capacity = if data.is_null() { 0 } else { given };
        if isize::try_from(capacity).is_err() {
            let message = format!("{OUT} is said to have room for {capacity} bytes");
            return Err(too_large(message, OUT_LENGTH));
        }
        self.take(length.cast_const(), size_of::<usize>(), OUT_LENGTH, true)?;
        self.take(data.cast_const(), capacity, OUT, true)?;
        Ok(Output { data, length, capacity, lent: PhantomData })
    }

    /// Memory for a result that nobody may want: neither address is given.
    pub(crate) fn optional_output(
        &mut self,
        data: *mut u8,
        length: *mut usize,
    ) -> Result<Option<Output<'a>>> {
        if data.is_null() && length.is_null() { Ok(None) } else { self.output(data, length).map(Some) }
    }

    /// Where a handle goes; it is 0 from now on, so that a call that fails leaves none. Nothing is borrowed yet, so
    /// the inputs of the call are named here, lest the 0 be written over them. Those of an impossible length are not
    /// looked at: they are refused later.
    pub(crate) fn handle(
        &mut self,
        data: *mut u64,
        name: &'static str,
        inputs: &[(*const u8, usize)],
    ) -> Result<Slots<'a, u64>> {
        let handle = self.slots(data, 1, name)?;
        let place = Range::new(data.cast_const(), size_of::<u64>(), true);
        let possible =
            inputs.iter().filter(|(start, length)| !start.is_null() && (1..=INPUT).contains(length));
        if possible.into_iter().any(|(start, length)| place.meets(Range::new(*start, *length, false))) {
            return Err(overlap(name));
        }
        handle.write(&[0])?;
        Ok(handle)
    }

    /// Where `count` values go.
    pub(crate) fn slots<T: Copy>(
        &mut self,
        data: *mut T,
        count: usize,
        name: &'static str,
    ) -> Result<Slots<'a, T>> {
        if data.is_null() {
            return Err(null(name));
        }
        let size = count.saturating_mul(size_of::<T>());
        if size > INPUT {
            let message = format!("{name} of {count} values is over the limit");
            return Err(too_large(message, name));
        }
        self.take(data.cast_const(), size, name, true)?;
        Ok(Slots { data, count, lent: PhantomData })
    }
}

/// Memory for one result.
#[derive(Debug)]
pub(crate) struct Output<'a> {
    data: *mut u8,
    length: *mut usize,
    capacity: usize,
    lent: PhantomData<&'a mut [u8]>,
}

impl Output<'_> {
    /// Refuses, and tells the size that would do, where there is room for fewer bytes than that.
    pub(crate) fn require(&self, size: usize) -> Result<()> {
        if size <= self.capacity {
            return Ok(());
        }
        self.tell(size);
        let message = format!("{OUT} has room for {} bytes; {size} are needed", self.capacity);
        Err(Failure::own(CM_C_BUFFER_TOO_SMALL, message, OUT))
    }

    /// Writes the whole result, or nothing but the size that it needs.
    pub(crate) fn write(self, result: &[u8]) -> Result<()> {
        self.require(result.len())?;
        if !result.is_empty() {
            // SAFETY: `require` found room for it, so `data` is not null and by the contract of `enter` points to
            // that much memory; what we made is elsewhere; bytes need no alignment.
            unsafe { core::ptr::copy_nonoverlapping(result.as_ptr(), self.data, result.len()) };
        }
        self.tell(result.len());
        Ok(())
    }

    fn tell(&self, size: usize) {
        // SAFETY: `output` found that it is not null, and by the contract of `enter` it points to a number.
        unsafe { self.length.write_unaligned(size) };
    }
}

/// Where values go, one by one.
#[derive(Debug)]
pub(crate) struct Slots<'a, T> {
    data: *mut T,
    count: usize,
    lent: PhantomData<&'a mut [T]>,
}

impl<T: Copy> Slots<'_, T> {
    /// Writes all values; fewer or more than there is room for are a fault of ours and not written.
    pub(crate) fn write(&self, values: &[T]) -> Result<()> {
        if values.len() != self.count {
            return Err(Error::new(Code::Internal, "a result of another count than was asked for").into());
        }
        let (from, to) = (values.as_ptr().cast::<u8>(), self.data.cast::<u8>());
        // SAFETY: as many values as `slots` found room for, copied as bytes, which need no alignment; `data` is not
        // null and by the contract of `enter` points to that much memory, apart from what we made.
        unsafe { core::ptr::copy_nonoverlapping(from, to, size_of_val(values)) };
        Ok(())
    }
}

#[cold]
fn too_large(message: String, name: &'static str) -> Failure {
    Failure::Core(Error::new(Code::LimitSize, message), Some(name))
}

#[cold]
fn overlap(name: &'static str) -> Failure {
    Failure::own(CM_C_OVERLAP, "the memory for a result overlaps that of another argument", name)
}

#[cold]
fn null(name: &'static str) -> Failure {
    Failure::own(CM_C_NULL_POINTER, format!("{name} is a null pointer"), name)
}

fn utf8<'a>(bytes: &'a [u8], name: &'static str) -> Result<&'a str> {
    let refused = |_| Error::new(Code::ArgumentValue, format!("{name} is not text in UTF-8"));
    core::str::from_utf8(bytes).map_err(refused).about(name)
}
