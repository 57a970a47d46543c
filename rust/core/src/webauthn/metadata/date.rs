//! Days, as metadata write them: `YYYY-MM-DD`.

/// The first second after that day, since 1970; None where the text is no day that exists.
pub(super) fn day_after(text: &str) -> Option<i64> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let digits = |digits: &[u8]| {
        digits.iter().try_fold(0, |number: i64, digit| {
            digit.is_ascii_digit().then(|| 10 * number + i64::from(digit - b'0'))
        })
    };
    let (year, month, day) = (digits(&[y1, y2, y3, y4])?, digits(&[m1, m2])?, digits(&[d1, d2])?);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = 365 * year + leap_days + (153 * month + 2) / 5 + day - 719_468;
    Some(days * 86_400)
}

#[cfg(test)]
mod tests {
    use super::day_after;

    #[test]
    fn days_end_at_midnight() {
        for (text, expected) in [
            ("1969-12-31", Some(0)),
            ("1970-01-01", Some(86_400)),
            ("2020-03-30", Some(1_585_612_800)),
            ("2024-02-29", Some(1_709_251_200)),
            ("2024-12-31", Some(1_735_689_600)),
            ("9999-12-31", Some(253_402_300_800)),
            ("2023-02-29", None),
            ("2023-00-01", None),
            ("2023-13-01", None),
            ("2023-01-00", None),
            ("2023-04-31", None),
            ("2023-1-1", None),
            ("2023/01/01", None),
            ("+023-01-01", None),
            ("2023-01-01T00:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(day_after(text), expected, "{text}");
        }
    }
}
