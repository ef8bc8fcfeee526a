//! Visits of a weekend afternoon (上门): planned door by door in the order of buildings, entrances and floors, so that nobody crosses
//! the estate twice; and as a calendar file for a telephone (RFC 5545) that names no more than the room.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

use crate::UnitLabel;
use crate::calendar::BusinessCalendar;
use crate::outreach::quiet_days::QuietDays;

/// Visits of an afternoon begin here: people have eaten and rested.
const FROM_HOUR: u32 = 14;
/// So many doors fit into an afternoon of four hours.
pub const DOORS_PER_AFTERNOON: usize = 12;
/// Minutes for a door.
const MINUTES_PER_DOOR: i64 = 20;
/// So many days ahead an afternoon is looked for.
const LOOK_AHEAD_DAYS: usize = 90;

/// A place in the order of doors: building, entrance, floor, room. Numbers sort as numbers.
#[must_use]
pub fn door_order(unit: &UnitLabel, floor: Option<i64>) -> (Vec<(u64, String)>, i64, (u64, String)) {
    let mut parts: Vec<(u64, String)> = unit.as_str().split('-').map(number_first).collect();
    let room = parts.pop().unwrap_or_default();
    // Without a floor on record it stands in front of the last two digits of a room: 1502 is on the 15th.
    let floor = floor.unwrap_or_else(|| i64::try_from(room.0 / 100).unwrap_or(0));
    (parts, floor, room)
}

fn number_first(part: &str) -> (u64, String) {
    let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
    (digits.parse().unwrap_or(u64::MAX), part.to_owned())
}

/// Weekend afternoons from a day on on which people are at home: no festival, no examination days, no Sunday that is worked.
pub fn free_afternoons(from: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let is_free = |day: &NaiveDate| {
        matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && !BusinessCalendar::published().is_working_day(*day)
            && QuietDays::find(*day).is_none()
    };
    from.iter_days().take(LOOK_AHEAD_DAYS).filter(is_free)
}

/// When each of so many doors is visited: afternoon by afternoon, twenty minutes a door. Today counts while it is not yet two.
#[must_use]
pub fn visiting_times(doors: usize, now: NaiveDateTime) -> Vec<NaiveDateTime> {
    let begins = NaiveTime::from_hms_opt(FROM_HOUR, 0, 0).expect("a time of day");
    let first =
        if now.time() < begins { now.date() } else { now.date().checked_add_days(Days::new(1)).unwrap_or(now.date()) };
    let door = |day: NaiveDate, place: usize| {
        let minutes = MINUTES_PER_DOOR * i64::try_from(place).unwrap_or(0);
        day.and_time(begins) + TimeDelta::minutes(minutes)
    };
    let times = free_afternoons(first).flat_map(|day| (0..DOORS_PER_AFTERNOON).map(move |place| door(day, place)));
    times.take(doors).collect()
}

/// A visit in a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarVisit {
    /// What tells it from every other: the id of its task.
    pub key: String,
    /// The room.
    pub unit: UnitLabel,
    /// When, local time in China.
    pub at: NaiveDateTime,
}

/// The visits as a calendar file: lines end with CR LF and are folded at 75 octets. No name, amount or reason stands in it.
#[must_use]
pub fn calendar(community: &str, visits: &[CalendarVisit], written_at: DateTime<Utc>) -> String {
    let mut file = Vec::new();
    file.extend(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hemu//Visits//ZH", "CALSCALE:GREGORIAN"].map(str::to_owned),
    );
    for visit in visits {
        let ends = visit.at + TimeDelta::minutes(MINUTES_PER_DOOR);
        file.push("BEGIN:VEVENT".to_owned());
        file.push(format!("UID:{}@hemu", visit.key));
        file.push(format!("DTSTAMP:{}", written_at.format("%Y%m%dT%H%M%SZ")));
        file.push(format!("DTSTART:{}", in_utc(visit.at)));
        file.push(format!("DTEND:{}", in_utc(ends)));
        file.push(format!("SUMMARY:{}", escape(&format!("上门 {}", visit.unit))));
        file.push(format!("LOCATION:{}", escape(&format!("{community} {}", visit.unit))));
        file.push("END:VEVENT".to_owned());
    }
    file.push("END:VCALENDAR".to_owned());
    file.iter().map(|line| fold(line)).collect()
}

/// Local time in China as UTC: no calendar needs a rule for summer time then.
fn in_utc(at: NaiveDateTime) -> String {
    (at - TimeDelta::hours(8)).format("%Y%m%dT%H%M%SZ").to_string()
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace(['\r', '\n'], " ")
}

/// The most octets of a line.
const OCTETS: usize = 75;

/// A line with its end; a long one goes on after a blank, never within a character.
fn fold(line: &str) -> String {
    let (mut folded, mut octets) = (String::with_capacity(line.len() + 2), 0);
    for character in line.chars() {
        if octets + character.len_utf8() > OCTETS {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(character);
        octets += character.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().expect("a time")
    }

    fn unit(text: &str) -> UnitLabel {
        UnitLabel::parse(text).expect("a unit")
    }

    #[test]
    fn doors_are_visited_by_building_entrance_floor_and_room_as_numbers() {
        let mut doors = ["10-1-101", "2-1-1502", "2-1-302", "2-10-101", "2-2-101", "2-1-301"].map(unit).to_vec();
        doors.sort_by_key(|one| door_order(one, None));
        let order: Vec<_> = doors.iter().map(UnitLabel::as_str).collect();
        assert_eq!(order, ["2-1-301", "2-1-302", "2-1-1502", "2-2-101", "2-10-101", "10-1-101"]);
        assert!(
            door_order(&unit("2-1-101"), Some(20)) > door_order(&unit("2-1-1502"), None),
            "the floor on record counts"
        );
    }

    #[test]
    fn visits_fall_on_weekend_afternoons_without_festivals_examinations_and_worked_weekends() {
        let days = |from: &str| {
            free_afternoons(from.parse().expect("a day")).take(2).map(|day| day.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(days("2026-11-23"), ["2026-11-28", "2026-11-29"]);
        // 14 February is worked, then comes the Spring Festival; 28 February is worked too.
        assert_eq!(days("2026-02-09"), ["2026-03-01", "2026-03-07"]);
        assert_eq!(days("2026-06-05"), ["2026-06-06", "2026-06-13"], "a Sunday of examinations is left out");
    }

    #[test]
    fn an_afternoon_takes_twelve_doors_and_the_thirteenth_is_for_the_next() {
        let times = visiting_times(13, at("2026-11-28T10:00:00"));
        assert_eq!((times[0], times[1]), (at("2026-11-28T14:00:00"), at("2026-11-28T14:20:00")));
        assert_eq!((times[11], times[12]), (at("2026-11-28T17:40:00"), at("2026-11-29T14:00:00")));
        assert_eq!(
            visiting_times(1, at("2026-11-28T14:00:00")),
            [at("2026-11-29T14:00:00")],
            "this afternoon has begun"
        );
    }

    #[test]
    fn a_calendar_file_names_the_room_and_nothing_of_the_person_and_folds_its_lines() {
        let visit = CalendarVisit { key: "0192-a".to_owned(), unit: unit("3-2-1502"), at: at("2026-11-28T14:00:00") };
        let community = "翠湖花园一期二期三期与商业街联合服务中心,东区;西区";
        let written = "2026-11-27T02:00:00Z".parse().expect("a time");
        let file = calendar(community, &[visit], written);
        assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") && file.ends_with("END:VCALENDAR\r\n"));
        assert!(file.split("\r\n").all(|line| line.len() <= OCTETS && !line.contains('\n')));
        let unfolded = file.replace("\r\n ", "");
        for line in [
            "UID:0192-a@hemu",
            "DTSTAMP:20261127T020000Z",
            "DTSTART:20261128T060000Z",
            "DTEND:20261128T062000Z",
            "SUMMARY:上门 3-2-1502",
            "LOCATION:翠湖花园一期二期三期与商业街联合服务中心\\,东区\\;西区 3-2-1502",
        ] {
            assert!(unfolded.lines().any(|one| one == line), "{line} is missing in {unfolded}");
        }
        assert_eq!(unfolded.lines().count(), 13, "nothing else stands in it");
    }
}
