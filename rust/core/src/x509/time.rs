//! `Time` (RFC 5280 section 4.1.2.5) as seconds since 1970. Layer: x509.

use crate::error::{Code, Error, Result};
use crate::format::der::{Element, Reader, tag};
use crate::format::tolerance::Tolerated;

/// Reads a `UTCTime` `YYMMDDHHMMSSZ` or a `GeneralizedTime` `YYYYMMDDHHMMSSZ`. Years of two digits are 1950 to
/// 2049, and those are never written with four: some writers do, which is tolerated as `certificate.time`.
///
/// # Errors
/// `der.*`, `certificate.time`.
pub(super) fn read(reader: &mut Reader<'_>, tolerated: &mut Tolerated, place: &str) -> Result<i64> {
    let time = reader.any()?;
    match time.tag {
        tag::UTC_TIME => {
            let [year, rest @ ..] = fields::<6>(&time, 13)?;
            seconds(&time, if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        tag::GENERALIZED_TIME => {
            let [century, year, rest @ ..] = fields::<7>(&time, 15)?;
            let year = century * 100 + year;
            let read = seconds(&time, year, rest)?;
            if (1950..2050).contains(&year) {
                let message = "a GeneralizedTime in a year that UTCTime can hold";
                tolerated.allow(place.to_owned(), || wrong(&time, message))?;
            }
            Ok(read)
        }
        _ => Err(Error::new(Code::DerTag, "a time is due").at(time.offset)),
    }
}

fn wrong(time: &Element<'_>, message: &'static str) -> Error {
    Error::new(Code::CertificateTime, message).at(time.offset)
}

/// Numbers of two digits, then a Z.
fn fields<const N: usize>(time: &Element<'_>, length: usize) -> Result<[i64; N]> {
    let refused = || wrong(time, "a time that is not whole seconds of UTC");
    let digits =
        time.content.strip_suffix(b"Z").filter(|_| time.content.len() == length).ok_or_else(refused)?;
    let mut out = [0; N];
    for (place, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        for byte in pair {
            if !byte.is_ascii_digit() {
                return Err(refused());
            }
            *place = *place * 10 + i64::from(byte - b'0');
        }
    }
    Ok(out)
}

/// Seconds since 1970 of a date that exists. There are no leap seconds in certificates.
fn seconds(time: &Element<'_>, year: i64, [month, day, hour, minute, second]: [i64; 5]) -> Result<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days_in_month = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    if !(1..=days_in_month).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return Err(wrong(time, "a time that does not exist"));
    }
    // Years begin in March here, so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = 365 * year + leap_days + day_of_year - 719_468;
    Ok(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use crate::error::Code;
    use crate::format::der::{self, Part, tag};
    use crate::format::tolerance::{Strictness, Tolerated};

    fn with(strictness: Strictness, tag: u8, text: &str) -> Result<(i64, usize), Code> {
        let input = der::encode(&Part::Primitive(tag, text.as_bytes()));
        let mut tolerated = Tolerated::new(strictness);
        let read = der::read(&input, |reader| super::read(reader, &mut tolerated, "certificate[0]"));
        read.map(|time| (time, tolerated.notes().len())).map_err(|error| error.code())
    }

    fn read(tag: u8, text: &str) -> Result<i64, Code> {
        with(Strictness::Strict, tag, text).map(|(time, _)| time)
    }

    #[test]
    fn times_are_seconds_since_1970() {
        for (text, expected) in [
            ("700101000000Z", 0),
            ("691231235959Z", -1),
            ("500101000000Z", -631_152_000),
            ("491231235959Z", 2_524_607_999),
            ("000229000000Z", 951_782_400),
            ("240229120000Z", 1_709_208_000),
        ] {
            assert_eq!(read(tag::UTC_TIME, text), Ok(expected), "{text}");
        }
        for (text, expected) in [
            ("20500101000000Z", 2_524_608_000),
            ("99991231235959Z", 253_402_300_799),
            ("19491231235959Z", -631_152_001),
            ("00000101000000Z", -62_167_219_200),
        ] {
            assert_eq!(read(tag::GENERALIZED_TIME, text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn xc04_other_spellings_and_dates_that_do_not_exist_are_refused() {
        for text in [
            "7001010000Z",
            "700101000000",
            "700101000000+0000",
            "7001010000+0100",
            "70010100000Z",
            "700101 00000Z",
            "7001010000-1Z",
            "700101000000z",
            "700001000000Z",
            "701301000000Z",
            "700100000000Z",
            "700132000000Z",
            "230229000000Z",
            "240230000000Z",
            "700431000000Z",
            "700101240000Z",
            "700101006000Z",
            "161231235960Z",
            "",
        ] {
            assert_eq!(read(tag::UTC_TIME, text), Err(Code::CertificateTime), "{text}");
        }
        for text in
            ["20500101000000.5Z", "20500101000000.Z", "21000229000000Z", "500101000000Z", "205001010000Z"]
        {
            assert_eq!(read(tag::GENERALIZED_TIME, text), Err(Code::CertificateTime), "{text}");
        }
        assert_eq!(read(tag::OCTET_STRING, "700101000000Z"), Err(Code::DerTag));
    }

    #[test]
    fn xc04_four_digits_where_two_are_due_are_tolerated() {
        for text in ["19700101000000Z", "20491231235959Z"] {
            assert_eq!(read(tag::GENERALIZED_TIME, text), Err(Code::CertificateTime), "{text}");
            let lenient = with(Strictness::Interoperable, tag::GENERALIZED_TIME, text);
            assert_eq!(lenient.unwrap().1, 1, "{text}");
        }
    }
}
