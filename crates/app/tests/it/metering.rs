//! Meters: what is read becomes what is billed, once, whatever happens to the meter between.

use hemu_app::metering::{
    ImportReadings, NewMeter, NewMeterPrice, NewReading, ReadingsRequest, Replacement, UsageReport, UsageRequest,
    add_meter, confirm_usage, import_readings, record_readings, replace_meter, set_meter_price,
};
use hemu_app::tariff::{NewStandard, add_standard};
use hemu_app::{Actor, Refusal};
use hemu_domain::ids::MeterId;
use hemu_domain::metering::{MeterKind, PriceSteps};
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::{Factor, Fen, MeterValue, Period, UnitPrice};

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

fn month(text: &str) -> Period {
    Period::parse(text).expect("a month")
}

fn value(text: &str) -> MeterValue {
    MeterValue::parse(text).expect("a reading")
}

fn factor(text: &str) -> Factor {
    Factor::parse(text).expect("a factor")
}

/// A water meter that shows 100.
pub fn water(label: &str, number: &str) -> NewMeter {
    NewMeter {
        unit: Some(unit(label)),
        place: String::new(),
        kind: MeterKind::Water,
        number: number.to_owned(),
        item: String::new(),
        master: String::new(),
        digits: 5,
        multiplier: factor("1"),
        loss: factor("0"),
        start: value("100"),
        starts_on: day("2026-10-01"),
    }
}

impl Office {
    /// An office with meters W1 and W2 in two units, and a price.
    fn with_meters(&self, steps: &str) -> [MeterId; 2] {
        self.import(LIST);
        self.add_meters(steps)
    }

    /// Meters W1 and W2 in two units, and a price.
    pub fn add_meters(&self, steps: &str) -> [MeterId; 2] {
        self.add_meters_behind(steps, "")
    }

    /// The same, behind a master meter.
    pub fn add_meters_behind(&self, steps: &str, master: &str) -> [MeterId; 2] {
        self.price("水费", steps, false).expect("a price");
        [("1-1-101", "W1"), ("1-1-102", "W2")]
            .map(|(label, number)| self.meter(&NewMeter { master: master.to_owned(), ..water(label, number) }))
    }

    /// Adds a meter.
    pub fn meter(&self, new: &NewMeter) -> MeterId {
        add_meter(&self.app, &Actor::local_operator(), COMMUNITY, new).expect("a meter")
    }

    /// Sets a price.
    pub fn price(&self, item: &str, steps: &str, by_year: bool) -> Result<(), Refusal> {
        let new = NewMeterPrice {
            item: item.to_owned(),
            valid_from: day("2026-10-01"),
            steps: PriceSteps::parse(steps).expect("steps"),
            by_year,
            basis: "水务集团价格文件".to_owned(),
        };
        set_meter_price(&self.app, &Actor::local_operator(), COMMUNITY, &new)
    }

    /// Takes a reading.
    pub fn read(&self, meter: MeterId, period: &str, shows: &str) -> Result<usize, Refusal> {
        self.read_as(period, NewReading { meter, value: value(shows), estimated: false, rolled_over: false })
    }

    fn read_as(&self, period: &str, reading: NewReading) -> Result<usize, Refusal> {
        let request = ReadingsRequest {
            period: month(period),
            read_on: self.app.today(),
            reader: "小周".to_owned(),
            photo_sha256: None,
            readings: vec![reading],
        };
        record_readings(&self.app, &Actor::local_operator(), COMMUNITY, &request)
    }

    fn estimate(&self, meter: MeterId, period: &str, shows: &str) {
        let reading = NewReading { meter, value: value(shows), estimated: true, rolled_over: false };
        self.read_as(period, reading).expect("taken");
    }

    /// Confirms the water of a month.
    pub fn confirm(&self, period: &str, accept: &[MeterId]) -> UsageReport {
        let request =
            UsageRequest { kind: MeterKind::Water, period: month(period), accept: accept.to_vec(), dry_run: false };
        confirm_usage(&self.app, &Actor::local_operator(), COMMUNITY, &request).expect("confirmed")
    }

    /// What was charged for water of a month, by unit.
    fn water_of(&self, period: &str) -> Vec<(String, Fen)> {
        let sql = format!(
            "SELECT u.label, c.amount_fen FROM charge c JOIN account a ON a.id = c.account_id
            JOIN unit u ON u.id = a.unit_id JOIN fee_item i ON i.id = c.fee_item_id
            WHERE i.name = '水费' AND c.period = '{period}' ORDER BY u.label, c.occurrence"
        );
        self.app.db.read(|tx| tx.query(&sql, &[], |row| Ok((row.take()?, row.take()?)))).expect("charges")
    }
}

fn of(label: &str, amount: &str) -> (String, Fen) {
    (label.to_owned(), yuan(amount))
}

#[test]
fn a_reading_becomes_a_line_of_the_bill_once_it_is_confirmed_and_never_twice() {
    on_every_engine("2026-10-31", |office| {
        let [one, other] = office.with_meters("15:3.45, 25:4.83, :5.83");
        office.read(one, "2026-10", "120").expect("taken");
        office.read(one, "2026-10", "130").expect("of two the later one counts");
        office.read(other, "2026-10", "112.5").expect("taken");
        assert_eq!(office.bill("2026-11").charges, 4, "not confirmed, not billed");
        let report = office.confirm("2026-10", &[]);
        assert_eq!((report.rows.len(), report.already, report.total), (2, 0, yuan("172.33")));
        assert_eq!(office.bill("2026-11").charges, 2);
        assert_eq!(office.water_of("2026-10"), [of("1-1-101", "129.20"), of("1-1-102", "43.13")]);
        assert_eq!((office.confirm("2026-10", &[]).already, office.bill("2026-11").charges), (2, 0), "never twice");
        assert!(matches!(office.read(one, "2026-10", "131"), Err(Refusal::Conflict(_))), "it is confirmed");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_reading_that_runs_backwards_is_refused_unless_the_dial_went_round() {
    on_every_engine("2026-10-31", |office| {
        let [one, _] = office.with_meters("3");
        office.read(one, "2026-10", "99990").expect("taken");
        let jump = office.confirm("2026-10", &[]);
        assert_eq!(jump.rows.len(), 1, "nothing is usual yet");
        office.on("2026-11-30");
        let back = office.read(one, "2026-11", "12").expect_err("backwards");
        assert!(back.text().zh.contains("小于上次实际读数 99990"), "{}", back.text().zh);
        assert!(office.read(one, "2026-11", "100000").is_err(), "more digits than the dial");
        let round = NewReading { meter: one, value: value("12"), estimated: false, rolled_over: true };
        office.read_as("2026-11", round).expect("round");
        office.confirm("2026-11", &[]);
        office.bill("2026-11");
        assert_eq!(office.water_of("2026-11"), [of("1-1-101", "66.00")], "22 m³");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_meter_replaced_within_a_month_loses_nothing() {
    on_every_engine("2026-10-31", |office| {
        let [one, _] = office.with_meters("3");
        let mut swap = Replacement {
            meter: one,
            on: day("2026-10-20"),
            final_value: value("99"),
            rolled_over: false,
            number: "W9".to_owned(),
            start: value("3"),
            digits: 5,
            multiplier: factor("1"),
        };
        office.read(one, "2026-10", "105").expect("taken, and then the meter is replaced");
        let replace = |swap: &Replacement| replace_meter(&office.app, &Actor::local_operator(), COMMUNITY, swap);
        assert!(matches!(replace(&swap), Err(Refusal::InvalidInput { .. })), "the old one runs backwards");
        swap.final_value = value("107");
        swap.number = "W2".to_owned();
        assert!(matches!(replace(&swap), Err(Refusal::Conflict(_))), "the number of another meter");
        swap.number = "W9".to_owned();
        replace(&swap).expect("replaced");
        assert_eq!(office.confirm("2026-10", &[]).rows.len(), 0, "what was read before is the old one's");
        assert!(office.read(one, "2026-10", "2").is_err(), "below what the new one began with");
        office.read(one, "2026-10", "11.5").expect("taken");
        office.confirm("2026-10", &[]);
        office.bill("2026-11");
        assert_eq!(office.water_of("2026-10"), [of("1-1-101", "46.50")], "7 m³ on the old one, 8.5 on the new");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_an_estimate_charged_too_much_is_given_back_and_the_old_charge_stays() {
    on_every_engine("2026-10-31", |office| {
        let [one, other] = office.with_meters("3");
        office.estimate(one, "2026-10", "120");
        office.estimate(other, "2026-10", "110");
        office.confirm("2026-10", &[]);
        office.bill("2026-11");
        office.on("2026-11-30");
        office.read(one, "2026-11", "112").expect("an estimate is no floor");
        office.read(other, "2026-11", "125").expect("taken");
        let november = office.confirm("2026-11", &[]);
        assert_eq!(november.findings.iter().map(|one| (one.kind, one.holds)).collect::<Vec<_>>(), [("credit", false)]);
        office.on("2026-12-31");
        assert!(office.read(one, "2026-12", "111").is_err(), "a real reading is a floor");
        office.read(one, "2026-12", "131").expect("taken");
        office.read(other, "2026-12", "130").expect("taken");
        office.confirm("2026-12", &[]);
        office.bill("2026-12");
        assert_eq!(office.water_of("2026-10"), [of("1-1-101", "60.00"), of("1-1-102", "30.00")]);
        assert_eq!(office.water_of("2026-11"), [of("1-1-102", "45.00")], "what was too little is charged");
        assert_eq!(office.water_of("2026-12"), [of("1-1-101", "33.00"), of("1-1-102", "15.00")], "31 m³ in all");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_jump_waits_for_somebody_who_looks_at_it() {
    on_every_engine("2026-10-31", |office| {
        let [one, other] = office.with_meters("3");
        for (today, period, shows) in [("2026-10-31", "2026-10", "110"), ("2026-11-30", "2026-11", "120")] {
            office.on(today);
            office.read(one, period, shows).expect("taken");
            office.confirm(period, &[]);
        }
        office.on("2026-12-31");
        office.read(one, "2026-12", "151").expect("taken");
        let held = office.confirm("2026-12", &[]);
        let kinds: Vec<_> = held.findings.iter().map(|one| (one.meter, one.kind)).collect();
        assert_eq!((held.rows.len(), kinds), (0, vec![(one, "jump"), (other, "missing")]));
        assert_eq!(office.confirm("2026-12", &[one]).total, yuan("93.00"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn steps_by_the_year_count_what_was_charged_before() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.price("水费", "30:3, :5", true).expect("a price");
        let one = office.meter(&water("1-1-101", "W1"));
        office.read(one, "2026-10", "120").expect("taken");
        office.confirm("2026-10", &[]);
        office.on("2026-11-30");
        office.read(one, "2026-11", "140").expect("taken");
        assert_eq!(office.confirm("2026-11", &[]).total, yuan("80.00"), "10 m³ at 3, 10 at 5");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn without_a_price_nothing_is_confirmed_and_nothing_is_put_on_top_of_one() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let one = office.meter(&water("1-1-101", "W1"));
        office.read(one, "2026-10", "120").expect("taken");
        let report = office.confirm("2026-10", &[]);
        assert_eq!((report.rows.len(), report.findings[0].kind), (0, "no_price"), "never billed as zero");
        office.price("水费", "3", false).expect("a price");
        assert_eq!(office.confirm("2026-10", &[]).rows.len(), 1);
        assert!(matches!(office.price("水费", "4", false), Err(Refusal::Conflict(_))), "that month is confirmed");
        let surcharge = NewStandard {
            item: "水费".to_owned(),
            name: "手续费".to_owned(),
            formula: "fixed".to_owned(),
            unit_kind: UnitKind::Home,
            price: UnitPrice::parse("2").expect("a price"),
            bands: String::new(),
            valid_from: day("2026-12-01"),
            basis: "通知".to_owned(),
        };
        let refused = add_standard(&office.app, &Actor::local_operator(), COMMUNITY, &surcharge).expect_err("refused");
        assert!(refused.text().zh.contains("第四十四条"), "{}", refused.text().zh);
    });
}

#[test]
fn readings_of_a_spreadsheet_are_taken_and_rows_that_cannot_be_are_named() {
    on_every_engine("2026-10-31", |office| {
        let [one, _] = office.with_meters("3");
        let table = "房号,表号,本期读数\n1-1-101,,120.5\n1-1-102,W2,90\n1-1-202,,7\n1栋1单元101室,,121\n合计,,1\n";
        let import = |dry_run| {
            let request = ImportReadings {
                file_name: "水表.csv".to_owned(),
                bytes: table.as_bytes().to_vec(),
                kind: MeterKind::Water,
                period: month("2026-10"),
                read_on: day("2026-10-31"),
                dry_run,
            };
            import_readings(&office.app, &Actor::local_operator(), COMMUNITY, &request).expect("read")
        };
        let preview = import(true);
        assert_eq!(preview.rows.iter().map(|row| row.meter).collect::<Vec<_>>(), [one]);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM meter_reading"), 0, "only looked at");
        let report = import(false);
        let rows: Vec<_> = report.refused.iter().map(|row| row.row).collect();
        assert_eq!((report.accepted, rows), (1, vec![3, 4, 5]), "backwards, no meter, twice");
        assert_eq!(import(false).already, 1, "the same file again changes nothing");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM meter_reading"), 1);
        assert_eq!(office.red(), [""; 0]);
    });
}
