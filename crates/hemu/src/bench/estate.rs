//! The data set: communities of 2,000 homes with a contract and the papers of it, owners with phones, and three months of open charges each.
//!
//! Written by bulk inserts of the store's own functions, not by use cases: it has to be there, how it came is not measured.
//! Everything follows from the number of a home.

use chrono::NaiveDate;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::arrears::late_fee_rule::{CLAIM_CEILING_E4, DayBasis, LateFeeStart};
use hemu_domain::billing::{Explanation, MonthlyFee};
use hemu_domain::ids::{AccountId, BillRunId, BuildingId, CommunityId, EntranceId, FeeItemId, FeeStandardId, PartyId};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::registry::unit::{Occupancy, UnitKind};
use hemu_domain::registry::{phone, pinyin};
use hemu_domain::tariff::due::{BilledAt, DueRule};
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_domain::{Area, DailyRate, Fen, Period, UnitLabel, UnitPrice};
use hemu_store::billing::{self, BillRow, ChargeRow};
use hemu_store::community::{self, Community};
use hemu_store::registry::{self, AccountRow, ContactPointRow, PartyRow, TenureRow, UnitRow};
use hemu_store::tariff::{self, ContractRow, FeePriceRow, FeeStandardRow, UnitFeeRow};
use hemu_store::{DbError, Tx};

use super::Bench;
use crate::demo::papers;

/// The day the data set stands at.
pub const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 9, 20).expect("a day");
/// The months that are open when it is written.
const OPEN_MONTHS: [(i32, u32); 3] = [(2026, 6), (2026, 7), (2026, 8)];
/// Homes in a building and in an entrance.
const IN_BUILDING: u32 = 100;
const IN_ENTRANCE: u32 = 50;

/// What was written.
pub struct Estate {
    /// Its communities.
    pub communities: Vec<Place>,
}

/// A community of the data set.
pub struct Place {
    /// Its id.
    pub id: CommunityId,
    /// Its name.
    pub name: String,
    /// Homes in it.
    pub homes: u32,
    /// The fee item every home pays.
    pub item: FeeItemId,
    /// The first accounts, by the number of their home.
    pub accounts: Vec<AccountId>,
}

/// Accounts remembered of each community.
const REMEMBERED: u32 = 100;

impl Estate {
    /// Writes so many homes.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn write(bench: &Bench, homes: u32, in_community: u32) -> Result<Self, Refusal> {
        // Measurements need three communities; a small data set has small ones.
        let size = in_community.min(homes.div_ceil(3)).max(1);
        let mut communities = Vec::new();
        let mut left = homes;
        while left > 0 {
            bench.say(format!("写入样本数据 {} / {homes} 户", homes - left));
            let number = communities.len() + 1;
            let place = write_community(&bench.app, number, size.min(left))?;
            left -= place.homes;
            communities.push(place);
        }
        Ok(Self { communities })
    }

    /// The communities in three slices, for three measurements.
    pub fn slices(&self) -> impl Iterator<Item = &[Place]> {
        self.communities.chunks(self.communities.len().div_ceil(3).max(1))
    }

    /// All homes.
    pub fn homes(&self) -> u64 {
        self.communities.iter().map(|place| u64::from(place.homes)).sum()
    }
}

/// The label of the home of that number.
pub fn label(home: u32) -> UnitLabel {
    let (building, entrance) = (home / IN_BUILDING + 1, home % IN_BUILDING / IN_ENTRANCE + 1);
    let (floor, door) = (home % IN_ENTRANCE / 2 + 1, home % 2 + 1);
    UnitLabel::parse(&format!("{building}-{entrance}-{floor}{door:02}")).expect("numbers make a label")
}

/// The area of the home of that number: 55 to 145 m².
pub fn area(home: u32) -> Area {
    Area::from_stored(550_000 + i64::from(home * 7_919 % 9_000) * 100)
}

/// The name of the owner of the home of that number.
pub fn owner(home: u32) -> String {
    const SURNAMES: [char; 20] = [
        '赵', '钱', '孙', '李', '周', '吴', '郑', '王', '冯', '陈', '褚', '卫', '蒋', '沈', '韩', '杨', '朱', '秦',
        '尤', '许',
    ];
    const GIVEN: [char; 20] = [
        '安', '彬', '晨', '东', '峰', '刚', '浩', '洁', '凯', '兰', '敏', '宁', '平', '清', '瑞', '涛', '文', '晓',
        '颖', '哲',
    ];
    let pick = |letters: &[char; 20], by: u32| letters[usize::try_from(home / by % 20).expect("below 20")];
    [pick(&SURNAMES, 1), pick(&GIVEN, 20), pick(&GIVEN, 400)].iter().collect()
}

/// The mobile number of that owner; no number that is given out.
pub fn mobile(home: u32) -> String {
    format!("199{:08}", home % 100_000_000)
}

fn write_community(app: &App, number: usize, homes: u32) -> Result<Place, Refusal> {
    let mut rows = Rows::new(app, homes);
    let place = Place {
        id: app.new_id(),
        name: format!("样本小区{number:04}"),
        homes,
        item: app.new_id(),
        accounts: Vec::new(),
    };
    let standard = app.new_id();
    rows.add_homes(app, &place, standard);
    app.db.write(|tx| {
        write_tariff(tx, app, &place, standard)?;
        rows.write(tx, app, place.id)
    })?;
    papers::put_on_file(app, &Actor::system(), &place.name, place.id)?;
    let accounts = rows.accounts.iter().take(usize::try_from(REMEMBERED).unwrap_or(0)).map(|one| one.id).collect();
    Ok(Place { accounts, ..place })
}

fn write_tariff(tx: &mut Tx<'_>, app: &App, place: &Place, standard: FeeStandardId) -> Result<(), DbError> {
    let community = Community {
        id: place.id,
        name: place.name.clone(),
        company_name: "样本物业服务有限公司".to_owned(),
        address: "样本路 1 号".to_owned(),
        service_phone: "0571-88886666".to_owned(),
        pay_account: "样本银行 0000 0000".to_owned(),
        region: "national".to_owned(),
    };
    community::insert(tx, &community, app.clock.now())?;
    let contract = ContractRow {
        id: app.new_id(),
        name: "物业服务合同".to_owned(),
        number: "样本-1".to_owned(),
        kind: "committee".to_owned(),
        starts_on: first_day(2020),
        ends_on: None,
        cycle_months: 1,
        billed_at: BilledAt::CycleStart,
        due_rule: DueRule::LastDayOfMonth,
        due_day: 31,
        late_fee_rate: Some(DailyRate::from_stored(30_000)),
        late_fee_lpr_e4: None,
        late_fee_day_basis: DayBasis::Days365,
        late_fee_grace_days: 0,
        late_fee_starts: LateFeeStart::AfterDue,
        late_fee_cap_e4: Some(10_000),
        late_fee_ceiling_e4: CLAIM_CEILING_E4,
        demand_days: 15,
        rounding: RoundingChoice::MonthFirst,
        allocation_policy: AllocationPolicy::PrincipalFirst,
        filing_state: "filed".to_owned(),
        service_ends_on: None,
    };
    tariff::insert_contract(tx, place.id, &contract, app.clock.now())?;
    tariff::insert_item(tx, place.id, place.item, "物业费", "property")?;
    let row = FeeStandardRow {
        id: standard,
        fee_item_id: place.item,
        contract_id: contract.id,
        clause_id: None,
        name: "高层住宅".to_owned(),
        unit_kind: Some(UnitKind::Home),
        formula: "area".to_owned(),
        due_rule: None,
        due_day: None,
    };
    tariff::insert_standard(tx, place.id, &row)?;
    let price = FeePriceRow {
        fee_standard_id: standard,
        valid_from: first_day(2020),
        price: price(),
        bands: Vec::new(),
        surcharge: UnitPrice::from_stored(0),
        basis: "第八条".to_owned(),
    };
    tariff::insert_price(tx, place.id, &price)
}

fn first_day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).expect("every year has a first day")
}

fn price() -> UnitPrice {
    UnitPrice::from_stored(2_350_000)
}

/// The rows of a community before they are written.
struct Rows {
    buildings: Vec<(BuildingId, String)>,
    entrances: Vec<(EntranceId, BuildingId, String)>,
    units: Vec<UnitRow>,
    parties: Vec<PartyRow>,
    tenures: Vec<TenureRow>,
    contacts: Vec<ContactPointRow>,
    accounts: Vec<AccountRow>,
    fees: Vec<UnitFeeRow>,
    bills: Vec<BillRow>,
    charges: Vec<ChargeRow>,
}

impl Rows {
    fn new(app: &App, homes: u32) -> Self {
        let buildings: Vec<(BuildingId, String)> =
            (1..=homes.div_ceil(IN_BUILDING)).map(|code| (app.new_id(), code.to_string())).collect();
        let doors = |(building, _): &(BuildingId, String)| {
            let building = *building;
            (1..=IN_BUILDING / IN_ENTRANCE).map(move |code| (app.new_id(), building, code.to_string()))
        };
        Self {
            entrances: buildings.iter().flat_map(doors).collect(),
            buildings,
            units: Vec::new(),
            parties: Vec::new(),
            tenures: Vec::new(),
            contacts: Vec::new(),
            accounts: Vec::new(),
            fees: Vec::new(),
            bills: Vec::new(),
            charges: Vec::new(),
        }
    }

    fn add_homes(&mut self, app: &App, place: &Place, standard: FeeStandardId) {
        for home in 0..place.homes {
            self.add_home(app, home, (place.item, standard));
        }
        for (year, month) in OPEN_MONTHS {
            let period = Period::try_new(year, month).expect("a month");
            let run = app.new_id();
            for home in 0..place.homes {
                self.add_bill(app, home, place.item, (period, run));
            }
        }
    }

    fn add_home(&mut self, app: &App, home: u32, (fee_item_id, fee_standard_id): (FeeItemId, FeeStandardId)) {
        let entrance = &self.entrances[usize::try_from(home / IN_ENTRANCE).expect("a small number")];
        let label = label(home);
        let unit = UnitRow {
            id: app.new_id(),
            building_id: entrance.1,
            entrance_id: Some(entrance.0),
            floor: label.floor(),
            label,
            kind: UnitKind::Home,
            area: Some(area(home)),
            occupancy: Occupancy::Owner,
            vacant_since: None,
            remark: String::new(),
        };
        let party_id = self.add_owner(app, home);
        let (unit_id, role) = (unit.id, "owner".to_owned());
        self.tenures.push(TenureRow { id: app.new_id(), unit_id, party_id, role, starts_on: None, ends_on: None });
        let (starts_on, ends_on) = (first_day(2020), None);
        self.fees.push(UnitFeeRow { unit_id, fee_item_id, starts_on, fee_standard_id, ends_on });
        self.accounts.push(AccountRow {
            id: app.new_id(),
            unit_id,
            party_id,
            starts_on: None,
            ends_on: None,
            paid_through: "2026-05".to_owned(),
            prepaid: Fen::ZERO,
        });
        self.units.push(unit);
    }

    fn add_owner(&mut self, app: &App, home: u32) -> PartyId {
        let (id, name, number): (PartyId, _, _) = (app.new_id(), owner(home), mobile(home));
        let point: hemu_domain::ids::ContactPointId = app.new_id();
        self.contacts.push(ContactPointRow {
            id: point,
            party_id: id,
            channel: "phone".to_owned(),
            value_sealed: app.sealer.seal("contact_point.value", point.uuid(), &number),
            value_index: app.sealer.index("phone", &number),
            value_tail: phone::mask(&number),
            verified_how: Some("import".to_owned()),
            verified_on: Some(TODAY),
        });
        self.parties.push(PartyRow {
            id,
            kind: "person".to_owned(),
            initials: pinyin::initials(&name),
            name,
            id_number_sealed: None,
            id_number_index: None,
            id_number_tail: None,
        });
        id
    }

    fn add_bill(&mut self, app: &App, home: u32, item: FeeItemId, (period, run_id): (Period, BillRunId)) {
        let account_id = self.accounts[usize::try_from(home).expect("a small number")].id;
        let explanation = explanation(home);
        let amount = explanation.amount().expect("area times price is an amount");
        let bill = BillRow {
            id: app.new_id(),
            account_id,
            period,
            run_id,
            number: format!("{}{:02}-{}", period.year(), period.month(), label(home)),
            due_on: period.last_day(),
            total: amount,
            issued_on: period.first_day(),
        };
        self.charges.push(ChargeRow {
            id: app.new_id(),
            account_id,
            bill_id: Some(bill.id),
            fee_item_id: item,
            clause_id: None,
            period,
            occurrence: 1,
            origin: "bill",
            due_on: bill.due_on,
            amount,
            open: amount,
            explanation,
            issued_on: bill.issued_on,
        });
        self.bills.push(bill);
    }

    fn write(&self, tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<(), Refusal> {
        let now = app.clock.now();
        registry::insert_buildings(tx, community, &self.buildings)?;
        registry::insert_entrances(tx, community, &self.entrances)?;
        registry::insert_units(tx, community, &self.units, now)?;
        registry::insert_parties(tx, community, &self.parties, now)?;
        registry::insert_tenures(tx, community, &self.tenures)?;
        registry::insert_contact_points(tx, community, &self.contacts, now)?;
        registry::insert_accounts(tx, community, &self.accounts)?;
        tariff::insert_unit_fees(tx, community, &self.fees)?;
        billing::insert_bills(tx, community, &self.bills)?;
        let seq = community::next_seq(tx, community, i64::try_from(self.charges.len()).unwrap_or(i64::MAX))?;
        billing::insert_charges(tx, community, &self.charges, seq)?;
        Ok(())
    }
}

/// Why a month's charge of that home is what it is.
pub fn explanation(home: u32) -> Explanation {
    let fee = MonthlyFee {
        area: Some(area(home)),
        price: Some(price()),
        fixed: UnitPrice::from_stored(0),
        months: 1,
        rounding: RoundingChoice::MonthFirst,
    };
    Explanation::monthly(fee, "物业服务合同，第八条".to_owned())
}
