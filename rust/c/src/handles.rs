//! The table of what handles stand for.
//!
//! A handle has 64 bits: the kind, the generation of its slot, and the slot. A slot that was closed has another
//! generation when it is used again, so a stale handle never reaches what came after it, and a slot whose
//! generations are used up is not used again. Zero is never a handle.
//!
//! Looking up takes a lock for as long as it takes to count one reference up. It is taken within the fork gate,
//! so that no child is forked while another thread holds it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use countermark_core::crypto::gate;
use countermark_core::error::{Code, Error};
use countermark_core::key::{PrivateKey, PublicKey};
use countermark_core::x509::anchors::Anchors;

use crate::call::Failure;
use crate::signer::Signer;
use crate::status::{CM_C_HANDLE_CLOSED, CM_C_HANDLE_INVALID};

/// What a handle can stand for.
#[derive(Clone)]
enum Object {
    PrivateKey(Arc<PrivateKey>),
    PublicKey(Arc<PublicKey>),
    Signer(Arc<Signer>),
    TrustAnchors(Arc<Anchors>),
}

/// A kind of object with handles.
pub(crate) trait Kept: Sized {
    /// The top byte of its handles.
    const KIND: u8;
    #[doc(hidden)]
    fn wrap(this: Arc<Self>) -> KeptObject;
    #[doc(hidden)]
    fn unwrap(object: KeptObject) -> Option<Arc<Self>>;
}

/// Keeps the table's own type out of the trait's reach.
pub(crate) struct KeptObject(Object);

macro_rules! kept {
    ($($kind:literal $variant:ident($type:ty),)+) => {
        $(impl Kept for $type {
            const KIND: u8 = $kind;
            fn wrap(this: Arc<Self>) -> KeptObject {
                KeptObject(Object::$variant(this))
            }
            fn unwrap(object: KeptObject) -> Option<Arc<Self>> {
                match object.0 {
                    Object::$variant(this) => Some(this),
                    _ => None,
                }
            }
        })+
    };
}

kept! {
    1 PrivateKey(PrivateKey),
    2 PublicKey(PublicKey),
    3 Signer(Signer),
    4 TrustAnchors(Anchors),
}

/// Threads that open and close handles at the same time seldom meet on one of sixteen locks.
const SHARDS: usize = 16;
/// Slots of one shard, which 20 bits number.
const SLOTS: usize = 1 << 20;

struct Slot {
    generation: u32,
    kind: u8,
    object: Option<Object>,
}

struct Shard {
    slots: Vec<Slot>,
    free: Vec<usize>,
}

static TABLE: [RwLock<Shard>; SHARDS] =
    [const { RwLock::new(Shard { slots: Vec::new(), free: Vec::new() }) }; SHARDS];
static NEXT_SHARD: AtomicUsize = AtomicUsize::new(0);

/// Where a handle points.
struct Place {
    kind: u8,
    generation: u32,
    slot: usize,
    shard: usize,
}

impl Place {
    fn handle(&self) -> u64 {
        let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        u64::from(self.kind) << 56
            | u64::from(self.generation) << 24
            | wide(self.slot) << 4
            | wide(self.shard)
    }

    fn of(handle: u64) -> Self {
        let part = |shift: u32, bits: u32| (handle >> shift) & ((1 << bits) - 1);
        Self {
            kind: u8::try_from(part(56, 8)).unwrap_or_default(),
            generation: u32::try_from(part(24, 32)).unwrap_or_default(),
            slot: usize::try_from(part(4, 20)).unwrap_or_default(),
            shard: usize::try_from(part(0, 4)).unwrap_or_default(),
        }
    }

    fn shard(&self) -> Option<&'static RwLock<Shard>> {
        TABLE.get(self.shard)
    }
}

/// Keeps an object and gives its handle.
pub(crate) fn keep<T: Kept>(object: Arc<T>) -> Result<u64, Failure> {
    keep_in(&TABLE, NEXT_SHARD.fetch_add(1, Ordering::Relaxed), SLOTS, object)
}

/// Keeps it in the first shard with a free slot of at most so many, from one on.
fn keep_in<T: Kept>(
    table: &[RwLock<Shard>; SHARDS],
    first: usize,
    slots: usize,
    object: Arc<T>,
) -> Result<u64, Failure> {
    let KeptObject(object) = T::wrap(object);
    for shard in (0..SHARDS).map(|next| first.wrapping_add(next) % SHARDS) {
        let Some(lock) = table.get(shard) else { continue };
        let _pass = gate::enter();
        let mut kept = lock.write().unwrap_or_else(PoisonError::into_inner);
        let mut place = Place { kind: T::KIND, generation: 0, slot: kept.slots.len(), shard };
        if let Some(free) = kept.free.pop() {
            place.slot = free;
        }
        match kept.slots.get_mut(place.slot) {
            Some(slot) => {
                place.generation = slot.generation;
                slot.kind = T::KIND;
                slot.object = Some(object);
            }
            None if place.slot < slots => {
                kept.slots.push(Slot { generation: 0, kind: T::KIND, object: Some(object) });
            }
            None => continue,
        }
        return Ok(place.handle());
    }
    Err(Error::new(Code::LimitCount, "more open handles than the library keeps").into())
}

/// What the handle stands for; `argument` is the one that it was given in.
#[inline]
pub(crate) fn find<T: Kept>(handle: u64, argument: &'static str) -> Result<Arc<T>, Failure> {
    let place = Place::of(handle);
    let found = place.shard().filter(|_| place.kind == T::KIND).map(|lock| {
        let _pass = gate::enter();
        let shard = lock.read().unwrap_or_else(PoisonError::into_inner);
        shard.slots.get(place.slot).map(|slot| slot.ask(&place))
    });
    let object = found.flatten().unwrap_or(Err(Missing::Invalid));
    let object = object.map_err(|missing| missing.failure::<T>(argument))?;
    T::unwrap(KeptObject(object)).ok_or_else(|| Missing::Invalid.failure::<T>(argument))
}

/// The same of a handle that may be absent: 0.
pub(crate) fn find_optional<T: Kept>(handle: u64, argument: &'static str) -> Result<Option<Arc<T>>, Failure> {
    if handle == 0 { Ok(None) } else { find(handle, argument).map(Some) }
}

/// Closes the handle. What it stood for ends when the last call that uses it ends. With 0 there is nothing to close, so
/// that a program can close on its one way out whatever it has, and the last error stays the one that led there.
pub(crate) fn close<T: Kept>(handle: u64, argument: &'static str) -> Result<(), Failure> {
    if handle == 0 {
        return Ok(());
    }
    let place = Place::of(handle);
    let taken = place.shard().filter(|_| place.kind == T::KIND).map(|lock| {
        let _pass = gate::enter();
        let mut shard = lock.write().unwrap_or_else(PoisonError::into_inner);
        let slot = shard.slots.get_mut(place.slot)?;
        if let Err(missing) = slot.ask(&place) {
            return Some(Err(missing));
        }
        let object = slot.object.take();
        // The last generation stays closed for good.
        if let Some(next) = slot.generation.checked_add(1) {
            slot.generation = next;
            shard.free.push(place.slot);
        }
        Some(Ok(object))
    });
    // The object is dropped here, outside the lock.
    let taken = taken.flatten().unwrap_or(Err(Missing::Invalid));
    taken.map(drop).map_err(|missing| missing.failure::<T>(argument))
}

impl Slot {
    fn ask(&self, place: &Place) -> Result<Object, Missing> {
        match &self.object {
            Some(object) if self.generation == place.generation && self.kind == place.kind => {
                Ok(object.clone())
            }
            Some(_) if self.generation == place.generation => Err(Missing::Invalid),
            _ if self.generation >= place.generation && !(self.generation == 0 && self.object.is_some()) => {
                Err(Missing::Closed)
            }
            _ => Err(Missing::Invalid),
        }
    }
}

#[derive(Clone, Copy)]
enum Missing {
    Invalid,
    Closed,
}

impl Missing {
    #[cold]
    fn failure<T: Kept>(self, argument: &'static str) -> Failure {
        match self {
            Self::Closed if T::KIND == PrivateKey::KIND => {
                Failure::Core(Error::new(Code::KeyClosed, "the private key is closed"), Some(argument))
            }
            Self::Closed => Failure::own(CM_C_HANDLE_CLOSED, "the handle was closed", argument),
            Self::Invalid => {
                Failure::own(CM_C_HANDLE_INVALID, "no handle of this kind has this number", argument)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::HashSet;
    use std::sync::{Arc, RwLock};

    use countermark_core::error::Code;
    use countermark_core::key::PublicKey;
    use countermark_core::x509::anchors::Anchors;

    use super::{Place, SHARDS, Shard, close, find, keep, keep_in};
    use crate::status::{CM_C_HANDLE_CLOSED, CM_C_HANDLE_INVALID};

    #[test]
    fn a_handle_reaches_what_it_was_given_for_until_it_is_closed() {
        let anchors = Arc::new(Anchors::new());
        let handle = keep(Arc::clone(&anchors)).unwrap();
        assert!(Arc::ptr_eq(&find::<Anchors>(handle, "anchors").unwrap(), &anchors));
        close::<Anchors>(handle, "anchors").unwrap();
        assert_eq!(find::<Anchors>(handle, "anchors").err().unwrap().status(), CM_C_HANDLE_CLOSED);
        assert_eq!(close::<Anchors>(handle, "anchors").err().unwrap().status(), CM_C_HANDLE_CLOSED);
        assert_eq!(Arc::strong_count(&anchors), 1);
    }

    #[test]
    fn a_slot_that_is_used_again_has_another_handle() {
        let stale = keep(Arc::new(Anchors::new())).unwrap();
        close::<Anchors>(stale, "anchors").unwrap();
        for _ in 0..64 {
            let handle = keep(Arc::new(Anchors::new())).unwrap();
            assert_ne!(handle, stale);
            assert_eq!(find::<Anchors>(stale, "anchors").err().unwrap().status(), CM_C_HANDLE_CLOSED);
            close::<Anchors>(handle, "anchors").unwrap();
        }
    }

    #[test]
    fn every_other_number_is_no_handle() {
        let handle = keep(Arc::new(Anchors::new())).unwrap();
        for wrong in [0, 1, u64::MAX, handle ^ 1 << 60, handle ^ 1 << 23, handle + (1 << 24)] {
            assert_eq!(
                find::<Anchors>(wrong, "anchors").err().unwrap().status(),
                CM_C_HANDLE_INVALID,
                "{wrong:x}"
            );
        }
        assert_eq!(find::<PublicKey>(handle, "anchors").err().unwrap().status(), CM_C_HANDLE_INVALID);
        let forged = handle ^ (4 ^ 2) << 56;
        assert_eq!(find::<PublicKey>(forged, "anchors").err().unwrap().status(), CM_C_HANDLE_INVALID);
        // Nor does it close what is there.
        assert_eq!(close::<PublicKey>(forged, "anchors").err().unwrap().status(), CM_C_HANDLE_INVALID);
        close::<Anchors>(handle, "anchors").unwrap();
    }

    #[test]
    fn a_full_shard_passes_on_to_the_next_until_all_are_full() {
        let table = [const { RwLock::new(Shard { slots: Vec::new(), free: Vec::new() }) }; SHARDS];
        let keep = || keep_in(&table, 3, 2, Arc::new(Anchors::new()));
        let handles: HashSet<u64> = (0..2 * SHARDS).map(|_| keep().unwrap()).collect();
        assert_eq!(handles.len(), 2 * SHARDS);
        assert_eq!(keep().unwrap_err().status(), Code::LimitCount.number().into());
    }

    #[test]
    fn places_survive_the_way_through_a_number() {
        let place = Place { kind: 3, generation: u32::MAX, slot: (1 << 20) - 1, shard: 15 };
        let back = Place::of(place.handle());
        assert_eq!((back.kind, back.generation, back.slot, back.shard), (3, u32::MAX, (1 << 20) - 1, 15));
    }
}
