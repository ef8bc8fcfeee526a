-- The whole flow: registry -> tariff -> billing -> ledger -> arrears -> collection -> outreach -> service -> legal -> review.
--
-- One text for SQLite, PostgreSQL and Citus. community_id leads every key of community data: it is the unit of work and
-- the shard key. Amounts are BIGINT fen (`*_fen`), areas 1e-4 m2 (`*_e4`), prices 1e-6 yuan (`*_e6`), rates 1e-8 (`*_e8`).
-- `seq` is the community's fact counter: the order in which facts were recorded, whatever their effective date.
-- `*_sealed` is ciphertext bound to its row and column, `*_index` its HMAC for exact search, `*_tail` what may be shown.

-- Company-wide ------------------------------------------------------------------------------------------------------

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE staff (
    id UUID NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('manager', 'service', 'cashier', 'accountant', 'engineer', 'legal', 'auditor')),
    password_hash TEXT NOT NULL,
    phone_display TEXT,
    all_communities BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    locale TEXT NOT NULL CHECK (locale IN ('zh-CN', 'en')),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE staff_scope (
    staff_id UUID NOT NULL REFERENCES staff (id),
    community_id UUID NOT NULL,
    PRIMARY KEY (staff_id, community_id)
);

-- How many calls and visits a person makes a day; who has no row makes as many as the program proposes.
CREATE TABLE staff_capacity (
    staff_id UUID NOT NULL PRIMARY KEY REFERENCES staff (id),
    calls BIGINT NOT NULL CHECK (calls >= 0),
    visits BIGINT NOT NULL CHECK (visits >= 0)
);

CREATE TABLE session (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    staff_id UUID NOT NULL REFERENCES staff (id),
    csrf_token TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_by_staff ON session (staff_id);

-- Who did what, chained: hash = SHA-256(prev_hash, content). community_id is the nil UUID for company-wide acts.
CREATE TABLE audit_entry (
    community_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor_id UUID,
    actor_name TEXT NOT NULL,
    act TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID,
    detail JSONB NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (community_id, seq)
);

CREATE TABLE policy (
    version BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    effective_from DATE NOT NULL,
    body JSONB NOT NULL,
    body_hash BYTEA NOT NULL,
    activated_at TIMESTAMPTZ NOT NULL,
    activated_by TEXT NOT NULL
);

CREATE TABLE policy_draft (
    version BIGINT NOT NULL PRIMARY KEY,
    body JSONB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'activated', 'dropped')),
    edited_by_id UUID,
    edited_by TEXT NOT NULL,
    edited_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX policy_draft_one_open ON policy_draft (state) WHERE state = 'open';

CREATE TABLE message_template (
    key TEXT NOT NULL,
    channel TEXT NOT NULL,
    locale TEXT NOT NULL CHECK (locale IN ('zh-CN', 'en')),
    version BIGINT NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('public', 'private')),
    body TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (key, channel, locale, version)
);

-- A change of the book of scripts: what is not said of the scope holds for all. The first edition comes with the program.
CREATE TABLE script_line (
    edition BIGINT NOT NULL PRIMARY KEY,
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    cause TEXT,
    stage TEXT,
    channel TEXT,
    says_zh TEXT,
    says_en TEXT,
    text_zh TEXT NOT NULL,
    text_en TEXT NOT NULL,
    written_by TEXT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL
);

-- Registry ----------------------------------------------------------------------------------------------------------

CREATE TABLE community (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    company_name TEXT NOT NULL,
    address TEXT NOT NULL,
    service_phone TEXT NOT NULL,
    pay_account TEXT NOT NULL,
    region TEXT NOT NULL,
    fact_seq BIGINT NOT NULL,
    audit_head BYTEA,
    receipt_head BYTEA,
    notice_no BIGINT NOT NULL,
    bill_no BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- The cash desk: 抹零 stays below rounding_limit_fen; cash may be tied to an open shift.
    rounding_limit_fen BIGINT NOT NULL DEFAULT 100,
    desk_needs_shift BOOLEAN NOT NULL DEFAULT FALSE
);

-- Per register (a table): how many rows were ever written, and the exclusive or of their SHA-256.
CREATE TABLE set_digest (
    community_id UUID NOT NULL REFERENCES community (id),
    name TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    PRIMARY KEY (community_id, name)
);

CREATE TABLE building (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    code TEXT NOT NULL,
    staff_id UUID,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, code)
);

CREATE TABLE entrance (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    building_id UUID NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, building_id, code),
    FOREIGN KEY (community_id, building_id) REFERENCES building (community_id, id)
);

CREATE TABLE unit (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    building_id UUID NOT NULL,
    entrance_id UUID,
    label TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('home', 'shop', 'office', 'parking', 'storage')),
    area_e4 BIGINT,
    floor BIGINT,
    occupancy TEXT NOT NULL CHECK (occupancy IN ('owner', 'tenant', 'vacant', 'not_handed_over', 'unknown')),
    handover_on DATE,
    vacant_since DATE,
    remark TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, label),
    FOREIGN KEY (community_id, building_id) REFERENCES building (community_id, id),
    FOREIGN KEY (community_id, entrance_id) REFERENCES entrance (community_id, id)
);
CREATE INDEX unit_by_building ON unit (community_id, building_id, label);
-- The digits a label ends with: a room typed by its number alone.
CREATE INDEX unit_by_room ON unit (community_id, SUBSTR(label, LENGTH(RTRIM(label, '0123456789')) + 1));
CREATE INDEX unit_handed_over ON unit (community_id, id) WHERE handover_on IS NOT NULL;

CREATE TABLE party (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'company', 'developer')),
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    id_number_sealed BYTEA,
    id_number_index BYTEA,
    id_number_tail TEXT,
    form_of_address TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX party_by_name ON party (community_id, name);
CREATE INDEX party_by_initials ON party (community_id, initials);
CREATE INDEX party_by_id_number ON party (community_id, id_number_index);
CREATE INDEX party_developer ON party (community_id, id) WHERE kind = 'developer';

CREATE TABLE tenure (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    party_id UUID NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'co_owner', 'tenant', 'developer')),
    share_text TEXT,
    starts_on DATE,
    ends_on DATE,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id),
    FOREIGN KEY (community_id, party_id) REFERENCES party (community_id, id)
);
CREATE INDEX tenure_by_unit ON tenure (community_id, unit_id);
CREATE INDEX tenure_by_party ON tenure (community_id, party_id);

CREATE TABLE contact_point (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    party_id UUID NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('phone', 'email', 'wechat', 'address')),
    value_sealed BYTEA NOT NULL,
    value_index BYTEA NOT NULL,
    value_tail TEXT NOT NULL,
    verified_how TEXT,
    verified_on DATE,
    relation TEXT NOT NULL CHECK (relation IN ('self', 'spouse', 'tenant', 'representative', 'emergency')),
    consent BOOLEAN NOT NULL,
    preferred BOOLEAN NOT NULL,
    bounced_on DATE,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, party_id) REFERENCES party (community_id, id)
);
-- Covering: the nightly plan reads how each payer in arrears can be reached.
CREATE INDEX contact_point_by_party ON contact_point (community_id, party_id, preferred, id, channel, verified_how,
    bounced_on, relation);
CREATE INDEX contact_point_by_value ON contact_point (community_id, value_index);
-- The last four digits of a phone number, of what is shown of it.
CREATE INDEX contact_point_by_end ON contact_point (community_id, SUBSTR(value_tail, LENGTH(value_tail) - 3)) WHERE channel = 'phone';

CREATE TABLE flag (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    unit_id UUID,
    party_id UUID,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    effect TEXT NOT NULL CHECK (effect IN ('none', 'soften', 'no_visit', 'no_call', 'hold_contact', 'hold_formal')),
    author_id UUID,
    author_name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_on DATE NOT NULL,
    ended_on DATE,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX flag_by_unit ON flag (community_id, unit_id);
CREATE INDEX flag_by_party ON flag (community_id, party_id);

-- What a person asked for about being contacted; at_time as HH:MM, where the kind names an hour.
CREATE TABLE contact_limit (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('not_before', 'not_after', 'not_at_work', 'no_call', 'no_visit', 'no_sms', 'no_wechat', 'no_email')),
    at_time TEXT,
    set_on DATE NOT NULL,
    set_by_id UUID,
    set_by TEXT NOT NULL,
    ended_on DATE,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, party_id) REFERENCES party (community_id, id)
);
CREATE INDEX contact_limit_by_party ON contact_limit (community_id, party_id);

-- Who lives in a unit beside its owners: pays nothing, so no account, case or letter cites a member. member_index: HMAC of role,
-- name and phones, so that a list imported twice writes nobody twice.
CREATE TABLE household_member (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('family', 'tenant', 'guest')),
    name_sealed BYTEA NOT NULL,
    name_tail TEXT NOT NULL,
    phones_sealed BYTEA,
    phones_tail TEXT NOT NULL,
    member_index BYTEA NOT NULL,
    ended_on DATE,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, unit_id, member_index),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id)
);

-- One unit with one payer for one tenure. paid_through is the floor for billing ('YYYY-MM', empty = none).
CREATE TABLE account (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    party_id UUID NOT NULL,
    starts_on DATE,
    ends_on DATE,
    paid_through TEXT NOT NULL,
    prepaid_fen BIGINT NOT NULL,
    lock_no BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id),
    FOREIGN KEY (community_id, party_id) REFERENCES party (community_id, id)
);
CREATE INDEX account_by_unit ON account (community_id, unit_id, id);
CREATE INDEX account_by_party ON account (community_id, party_id, id);
CREATE INDEX account_ended ON account (community_id, id) WHERE ends_on IS NOT NULL;

CREATE TABLE import_file (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    as_of DATE NOT NULL,
    outcome JSONB NOT NULL,
    actor_name TEXT NOT NULL,
    imported_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, id)
);

-- Tariff ------------------------------------------------------------------------------------------------------------

-- billed_at: a cycle is billed in its first month (in advance) or its last (in arrears). A late fee is none, a daily rate, or a
-- multiple of the one-year LPR (1e-4) over years of late_fee_day_basis days; above late_fee_ceiling_e4 (a fraction of a year, 1e-4)
-- it is not claimed.
CREATE TABLE contract (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('preliminary', 'committee', 'provisional')),
    starts_on DATE NOT NULL,
    ends_on DATE,
    cycle_months BIGINT NOT NULL CHECK (cycle_months IN (1, 2, 3, 6, 12)),
    billed_at TEXT NOT NULL CHECK (billed_at IN ('cycle_start', 'cycle_end')),
    due_rule TEXT NOT NULL CHECK (due_rule IN ('last_day_of_month', 'day_of_month', 'day_of_next_month')),
    due_day BIGINT NOT NULL,
    late_fee_rate_e8 BIGINT,
    late_fee_lpr_e4 BIGINT,
    late_fee_day_basis BIGINT NOT NULL CHECK (late_fee_day_basis IN (360, 365)),
    late_fee_grace_days BIGINT NOT NULL,
    late_fee_starts TEXT NOT NULL CHECK (late_fee_starts IN ('after_due', 'after_grace')),
    late_fee_cap_e4 BIGINT,
    late_fee_ceiling_e4 BIGINT NOT NULL,
    demand_days BIGINT NOT NULL,
    rounding TEXT NOT NULL CHECK (rounding IN ('month_first', 'total_first')),
    allocation_policy TEXT NOT NULL CHECK (allocation_policy IN ('statutory_as_interest', 'principal_first')),
    filing_state TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- The last day the service is rendered, where it ended without another contract of ours: no month after it is billed.
    service_ends_on DATE,
    PRIMARY KEY (community_id, id)
);

CREATE TABLE contract_clause (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    contract_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fee_standard', 'cycle', 'due', 'late_fee', 'demand', 'dispute', 'service', 'other')),
    number TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, contract_id) REFERENCES contract (community_id, id)
);
CREATE INDEX contract_clause_by_contract ON contract_clause (community_id, contract_id);

CREATE TABLE fee_item (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('property', 'parking', 'lift', 'shared_cost', 'utility', 'waste', 'other')),
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, name)
);

-- formula: area = area x price per month; fixed = price per unit and month; by floor or area band, or in tiers: the prices are
-- bands (fee_band). surcharge is added per month.
CREATE TABLE fee_standard (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    fee_item_id UUID NOT NULL,
    contract_id UUID NOT NULL,
    clause_id UUID,
    name TEXT NOT NULL,
    unit_kind TEXT CHECK (unit_kind IN ('home', 'shop', 'office', 'parking', 'storage')),
    formula TEXT NOT NULL CHECK (formula IN ('area', 'fixed', 'area_by_floor', 'fixed_by_floor', 'area_by_area', 'fixed_by_area',
        'area_tiers')),
    due_rule TEXT CHECK (due_rule IN ('last_day_of_month', 'day_of_month', 'day_of_next_month')),
    due_day BIGINT,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, fee_item_id, name),
    FOREIGN KEY (community_id, fee_item_id) REFERENCES fee_item (community_id, id),
    FOREIGN KEY (community_id, contract_id) REFERENCES contract (community_id, id)
);

CREATE TABLE fee_price (
    community_id UUID NOT NULL,
    fee_standard_id UUID NOT NULL,
    valid_from DATE NOT NULL,
    price_e6 BIGINT NOT NULL,
    surcharge_e6 BIGINT NOT NULL,
    basis TEXT NOT NULL,
    PRIMARY KEY (community_id, fee_standard_id, valid_from),
    FOREIGN KEY (community_id, fee_standard_id) REFERENCES fee_standard (community_id, id)
);

-- The bands of a price. Floors are whole numbers, both ends belong to the band; areas are 1e-4 m2, the upper end belongs to it.
CREATE TABLE fee_band (
    community_id UUID NOT NULL,
    fee_standard_id UUID NOT NULL,
    valid_from DATE NOT NULL,
    band_from BIGINT NOT NULL,
    band_to BIGINT,
    price_e6 BIGINT NOT NULL,
    PRIMARY KEY (community_id, fee_standard_id, valid_from, band_from),
    FOREIGN KEY (community_id, fee_standard_id, valid_from) REFERENCES fee_price (community_id, fee_standard_id, valid_from)
);

-- Which fee standard a unit pays by, for one fee item, over time.
CREATE TABLE unit_fee (
    community_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    fee_item_id UUID NOT NULL,
    starts_on DATE NOT NULL,
    fee_standard_id UUID NOT NULL,
    ends_on DATE,
    PRIMARY KEY (community_id, unit_id, fee_item_id, starts_on),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id),
    FOREIGN KEY (community_id, fee_standard_id) REFERENCES fee_standard (community_id, id)
);

CREATE TABLE public_display (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    fee_standard_id UUID,
    what TEXT NOT NULL,
    place TEXT NOT NULL,
    displayed_on DATE NOT NULL,
    author_name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, id)
);

-- Readiness ---------------------------------------------------------------------------------------------------------

-- Papers on file: the signed scan of a contract, the photo of a display, what proves a promise. content_sealed: ciphertext; sha256 is of
-- what was sent.
CREATE TABLE paper (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('contract', 'public_display', 'promise_evidence')),
    subject_id UUID NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    content_sealed BYTEA NOT NULL,
    added_by TEXT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX paper_by_subject ON paper (community_id, subject_kind, subject_id, id);

-- What the company promises (民法典 938), and by what one sees whether it was kept.
CREATE TABLE service_promise (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cleaning', 'security', 'greening', 'upkeep', 'repair', 'other')),
    what TEXT NOT NULL,
    measure TEXT NOT NULL,
    every TEXT NOT NULL CHECK (every IN ('month', 'quarter', 'half_year', 'year')),
    clause TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    added_by TEXT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, id)
);

-- Append only: the last word on a promise and period (its first month) counts.
CREATE TABLE promise_evidence (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    promise_id UUID NOT NULL,
    period TEXT NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('done', 'partly', 'not')),
    remark TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, promise_id) REFERENCES service_promise (community_id, id)
);
CREATE INDEX promise_evidence_by_period ON promise_evidence (community_id, period);

-- Formal steps until a day although papers are missing: two people agreed on it.
CREATE TABLE formal_exception (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    approved_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX formal_exception_by_end ON formal_exception (community_id, ends_on);

-- Billing -----------------------------------------------------------------------------------------------------------

CREATE TABLE bill_run (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    period TEXT NOT NULL,
    as_of DATE NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'taken_over')),
    actor_name TEXT NOT NULL,
    bills BIGINT NOT NULL,
    charges BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    findings JSONB NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    published_on DATE,
    published_by TEXT,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX bill_run_by_period ON bill_run (community_id, period);

CREATE TABLE bill (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    period TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    run_id UUID NOT NULL,
    number TEXT NOT NULL,
    due_on DATE NOT NULL,
    total_fen BIGINT NOT NULL,
    issued_on DATE NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, account_id, period, occurrence),
    FOREIGN KEY (community_id, account_id) REFERENCES account (community_id, id)
);
CREATE INDEX bill_by_period ON bill (community_id, period, account_id, occurrence);
CREATE UNIQUE INDEX bill_number ON bill (community_id, number);
CREATE INDEX bill_of_correction ON bill (community_id, issued_on) WHERE occurrence > 1;

-- origin: bill = issued by a bill run; opening = arrears brought in by an import; reversal = cancels another charge.
-- open_fen = amount_fen less what allocations and adjustments took off. explanation: how amount_fen came to be.
CREATE TABLE charge (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    bill_id UUID,
    fee_item_id UUID NOT NULL,
    clause_id UUID,
    period TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('bill', 'opening', 'reversal')),
    due_on DATE NOT NULL,
    amount_fen BIGINT NOT NULL,
    open_fen BIGINT NOT NULL,
    live BOOLEAN NOT NULL,
    reverses_id UUID,
    explanation JSONB NOT NULL,
    issued_on DATE NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, account_id) REFERENCES account (community_id, id),
    FOREIGN KEY (community_id, fee_item_id) REFERENCES fee_item (community_id, id)
);
CREATE UNIQUE INDEX charge_once ON charge (community_id, account_id, fee_item_id, period, occurrence) WHERE live;
-- Covering: the arrears list and the nightly plan stream over it in account order.
CREATE INDEX charge_open ON charge (community_id, account_id, due_on, open_fen, fee_item_id, period, id, amount_fen) WHERE open_fen > 0;
CREATE INDEX charge_by_period ON charge (community_id, period);
CREATE INDEX charge_by_bill ON charge (community_id, bill_id);
CREATE INDEX charge_taken_back ON charge (community_id, account_id) WHERE NOT live;

-- Orders (临时收费): charged once, by the first bill of `period` or a later month. Billed when there is a charge of that account, item,
-- month and occurrence; from 100 on, so that fees of months and shares keep the numbers below.
CREATE TABLE fee_order (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    fee_item_id UUID NOT NULL,
    period TEXT NOT NULL,
    occurrence BIGINT NOT NULL CHECK (occurrence >= 100),
    quantity BIGINT NOT NULL,
    counted_in TEXT NOT NULL,
    price_e6 BIGINT NOT NULL,
    basis TEXT NOT NULL,
    ordered_on DATE NOT NULL,
    ordered_by TEXT NOT NULL,
    cancelled_on DATE,
    cancelled_by TEXT,
    cancel_reason TEXT,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, unit_id, fee_item_id, period, occurrence),
    FOREIGN KEY (community_id, account_id) REFERENCES account (community_id, id),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id),
    FOREIGN KEY (community_id, fee_item_id) REFERENCES fee_item (community_id, id)
);
CREATE INDEX fee_order_by_seq ON fee_order (community_id, seq);

-- Deposits (押金): money of others that is kept for them, never income. What became of one is in its entries, which come to no more than
-- it. A deduction takes two people.
CREATE TABLE deposit (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    kind TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    taken_on DATE NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('cash', 'card', 'transfer', 'wechat', 'alipay', 'qr', 'other')),
    remark TEXT NOT NULL,
    taken_by TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, account_id) REFERENCES account (community_id, id),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id)
);
CREATE INDEX deposit_by_seq ON deposit (community_id, seq);
CREATE INDEX deposit_by_unit ON deposit (community_id, unit_id, seq);

CREATE TABLE deposit_entry (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    deposit_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('return', 'deduction')),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    entered_on DATE NOT NULL,
    method TEXT,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    approved_by TEXT,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, deposit_id) REFERENCES deposit (community_id, id)
);
CREATE INDEX deposit_entry_by_deposit ON deposit_entry (community_id, deposit_id);

-- Ledger ------------------------------------------------------------------------------------------------------------

-- Chained per community: hash = SHA-256(prev_hash, content). A reversal is a receipt of its own with a negative amount, and so is
-- a refund. method: 'mixed' when receipt_tender says how; 'moved' for money put by that changed accounts (转款). source_id: the
-- receipt whose money put by is given back or moved on.
CREATE TABLE receipt (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    number TEXT NOT NULL,
    key TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    received_on DATE NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('cash', 'card', 'transfer', 'wechat', 'alipay', 'qr', 'opening', 'other', 'mixed',
        'moved')),
    remark TEXT NOT NULL,
    reverses_id UUID,
    source_id UUID,
    reversed BOOLEAN NOT NULL,
    actor_name TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, key),
    UNIQUE (community_id, number),
    FOREIGN KEY (community_id, account_id) REFERENCES account (community_id, id)
);
CREATE INDEX receipt_by_account ON receipt (community_id, account_id, received_on);
CREATE INDEX receipt_by_day ON receipt (community_id, received_on);
CREATE INDEX receipt_by_source ON receipt (community_id, source_id) WHERE source_id IS NOT NULL;

-- Frozen once when paid or demanded, so that paying the principal does not lose it. Days after from_on up to to_on.
CREATE TABLE late_fee (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    charge_id UUID NOT NULL,
    account_id UUID NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    amount_fen BIGINT NOT NULL,
    open_fen BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('paid', 'demanded', 'reversal')),
    clause_id UUID,
    rule JSONB NOT NULL,
    live BOOLEAN NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, charge_id) REFERENCES charge (community_id, id)
);
CREATE UNIQUE INDEX late_fee_once ON late_fee (community_id, charge_id, from_on) WHERE live;
CREATE INDEX late_fee_open ON late_fee (community_id, account_id) WHERE open_fen > 0;
CREATE INDEX late_fee_by_charge ON late_fee (community_id, charge_id);

-- principal and late_fee take off a charge or late fee; prepaid_in puts money by (amount > 0), prepaid_out uses it
-- (receipt_id is the receipt it came from). A reversal writes the same rows with opposite sign.
CREATE TABLE allocation (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    receipt_id UUID NOT NULL,
    account_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('principal', 'late_fee', 'prepaid_in', 'prepaid_out')),
    charge_id UUID,
    late_fee_id UUID,
    amount_fen BIGINT NOT NULL,
    effective_on DATE NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, receipt_id) REFERENCES receipt (community_id, id)
);
CREATE INDEX allocation_by_receipt ON allocation (community_id, receipt_id);
CREATE INDEX allocation_by_charge ON allocation (community_id, charge_id);
CREATE INDEX allocation_by_account ON allocation (community_id, account_id);
CREATE INDEX allocation_by_day ON allocation (community_id, effective_on);

-- Corrections and waivers (减免): take amount_fen off a charge or late fee, with reason and a second person. Chained per
-- account.
CREATE TABLE adjustment (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    charge_id UUID,
    late_fee_id UUID,
    kind TEXT NOT NULL CHECK (kind IN ('waiver', 'correction', 'vacancy', 'service', 'promotion', 'recalculation',
        'rounding')),
    amount_fen BIGINT NOT NULL,
    effective_on DATE NOT NULL,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX adjustment_by_account ON adjustment (community_id, account_id);
CREATE INDEX adjustment_by_charge ON adjustment (community_id, charge_id);

-- Meters and shared costs --------------------------------------------------------------------------------------------

-- A cost shared over units (公摊), billed with the month `period`: source says where total_fen comes from (an invoice, or a
-- master meter), whole_e8 is the sum of its shares' weights. occurrence tells the pools of one item and month apart.
CREATE TABLE share_pool (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    fee_item_id UUID NOT NULL,
    period TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    source JSONB NOT NULL,
    scope JSONB NOT NULL,
    method JSONB NOT NULL,
    whole_e8 BIGINT NOT NULL,
    basis TEXT NOT NULL,
    confirmed_by TEXT NOT NULL,
    confirmed_at TIMESTAMPTZ NOT NULL,
    cancelled_by TEXT,
    cancelled_at TIMESTAMPTZ,
    cancel_reason TEXT,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, fee_item_id, period, occurrence),
    FOREIGN KEY (community_id, fee_item_id) REFERENCES fee_item (community_id, id)
);
CREATE INDEX share_pool_by_period ON share_pool (community_id, period);

CREATE TABLE pool_share (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    pool_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    weight_e8 BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, pool_id, unit_id),
    FOREIGN KEY (community_id, pool_id) REFERENCES share_pool (community_id, id),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id)
);

-- A measuring point with the device that measures there now; unit_id and fee_item_id are NULL for a master meter. Readings are
-- 1e-3, factors and usage 1e-8. point_no tells the meters of one unit and item apart.
CREATE TABLE meter (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    unit_id UUID,
    kind TEXT NOT NULL CHECK (kind IN ('water', 'electricity', 'heat', 'gas')),
    fee_item_id UUID,
    master_id UUID,
    place TEXT NOT NULL,
    point_no BIGINT NOT NULL,
    number TEXT NOT NULL,
    digits BIGINT NOT NULL,
    multiplier_e8 BIGINT NOT NULL,
    loss_e8 BIGINT NOT NULL,
    start_e3 BIGINT NOT NULL,
    starts_on DATE NOT NULL,
    ended_on DATE,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, kind, number),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id),
    FOREIGN KEY (community_id, fee_item_id) REFERENCES fee_item (community_id, id)
);
CREATE INDEX meter_by_unit ON meter (community_id, unit_id);

CREATE TABLE meter_swap (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    meter_id UUID NOT NULL,
    swapped_on DATE NOT NULL,
    old_number TEXT NOT NULL,
    old_digits BIGINT NOT NULL,
    old_multiplier_e8 BIGINT NOT NULL,
    final_e3 BIGINT NOT NULL,
    rolled_over BOOLEAN NOT NULL,
    new_number TEXT NOT NULL,
    start_e3 BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, meter_id) REFERENCES meter (community_id, id)
);

-- Of several readings of a meter and month the one recorded last counts, until the usage is confirmed.
CREATE TABLE meter_reading (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    meter_id UUID NOT NULL,
    period TEXT NOT NULL,
    read_on DATE NOT NULL,
    value_e3 BIGINT NOT NULL,
    estimated BOOLEAN NOT NULL,
    rolled_over BOOLEAN NOT NULL,
    reader TEXT NOT NULL,
    photo_sha256 TEXT,
    recorded_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, meter_id) REFERENCES meter (community_id, id)
);
CREATE INDEX meter_reading_by_period ON meter_reading (community_id, period, meter_id);

-- What a meter counted in a month, confirmed: charged_e3 is where the next charge begins, real_e3 the last real reading.
CREATE TABLE meter_usage (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    meter_id UUID NOT NULL,
    unit_id UUID,
    fee_item_id UUID,
    kind TEXT NOT NULL CHECK (kind IN ('water', 'electricity', 'heat', 'gas')),
    period TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    usage_e8 BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    charged_e3 BIGINT NOT NULL,
    real_e3 BIGINT NOT NULL,
    estimated BOOLEAN NOT NULL,
    calculation JSONB NOT NULL,
    basis TEXT NOT NULL,
    confirmed_by TEXT NOT NULL,
    confirmed_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, meter_id, period),
    FOREIGN KEY (community_id, meter_id) REFERENCES meter (community_id, id)
);
CREATE INDEX meter_usage_by_period ON meter_usage (community_id, period, kind);

-- Price steps of what is collected for the supplier (物业管理条例 44: nothing on top), such as '15:3.45, 25:4.83, :5.83'.
CREATE TABLE metered_price (
    community_id UUID NOT NULL,
    fee_item_id UUID NOT NULL,
    valid_from DATE NOT NULL,
    by_year BOOLEAN NOT NULL,
    steps TEXT NOT NULL,
    basis TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, fee_item_id, valid_from),
    FOREIGN KEY (community_id, fee_item_id) REFERENCES fee_item (community_id, id)
);

-- Cash desk ----------------------------------------------------------------------------------------------------------

-- The last receipt number of a year of entry: R2026-000001 and on, without a gap, reversals and refunds among them.
CREATE TABLE receipt_counter (
    community_id UUID NOT NULL REFERENCES community (id),
    year BIGINT NOT NULL,
    last_no BIGINT NOT NULL,
    PRIMARY KEY (community_id, year)
);

-- How a receipt was paid when in several ways, or when more cash was handed over than was due: handed_fen - amount_fen is change.
CREATE TABLE receipt_tender (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    receipt_id UUID NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('cash', 'card', 'transfer', 'wechat', 'alipay', 'qr', 'other')),
    amount_fen BIGINT NOT NULL,
    handed_fen BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, receipt_id) REFERENCES receipt (community_id, id)
);
CREATE INDEX receipt_tender_by_receipt ON receipt_tender (community_id, receipt_id);

-- 抹零: the adjustment (of kind 'rounding', with the same id) that came with a receipt.
CREATE TABLE receipt_rounding (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    receipt_id UUID NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, id) REFERENCES adjustment (community_id, id),
    FOREIGN KEY (community_id, receipt_id) REFERENCES receipt (community_id, id)
);
CREATE INDEX receipt_rounding_by_receipt ON receipt_rounding (community_id, receipt_id);

-- Each time a receipt was printed; after the first it is a reprint (补打).
CREATE TABLE receipt_print (
    community_id UUID NOT NULL,
    receipt_id UUID NOT NULL,
    print_no BIGINT NOT NULL,
    printed_by TEXT NOT NULL,
    printed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, receipt_id, print_no),
    FOREIGN KEY (community_id, receipt_id) REFERENCES receipt (community_id, id)
);

-- Who sat at the desk: cashier is the name on receipts, whose receipts with a later number (seq) belong to the shift.
CREATE TABLE desk_shift (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    cashier TEXT NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    opened_on DATE NOT NULL,
    float_fen BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX desk_shift_one_open ON desk_shift (community_id, cashier) WHERE is_open;

-- 日结: what the receipts of a shift come to and what was counted, method by method (lines); both totals are of the lines.
CREATE TABLE desk_closing (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    shift_id UUID NOT NULL,
    closed_at TIMESTAMPTZ NOT NULL,
    closed_on DATE NOT NULL,
    closed_by TEXT NOT NULL,
    expected_fen BIGINT NOT NULL,
    counted_fen BIGINT NOT NULL,
    lines JSONB NOT NULL,
    reason TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, shift_id),
    FOREIGN KEY (community_id, shift_id) REFERENCES desk_shift (community_id, id)
);
CREATE INDEX desk_closing_by_day ON desk_closing (community_id, closed_on);

-- Bank and payment files ---------------------------------------------------------------------------------------------

-- Statements of banks, and settlement files of payment providers. account_tail: the end of the own account, where the file tells it.
CREATE TABLE bank_file (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('statement', 'wechat', 'alipay')),
    layout TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    account_tail TEXT NOT NULL,
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    row_count BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    imported_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);

-- Headings told by hand, kept per community: a list of `heading=field`.
CREATE TABLE bank_layout (
    community_id UUID NOT NULL REFERENCES community (id),
    columns JSONB NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id)
);

-- Money that came in. line_index: HMAC of what tells the line from every other, so that a statement imported twice brings it once.
-- round: how often it was opened again; its receipts carry the round in their key.
CREATE TABLE bank_line (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    file_id UUID NOT NULL,
    row_no BIGINT NOT NULL,
    line_index BYTEA NOT NULL,
    received_on DATE NOT NULL,
    amount_fen BIGINT NOT NULL,
    payer_name TEXT NOT NULL,
    account_sealed BYTEA,
    account_index BYTEA,
    account_tail TEXT NOT NULL,
    remark_sealed BYTEA,
    state TEXT NOT NULL CHECK (state IN ('open', 'booked', 'ignored')),
    round BIGINT NOT NULL,
    reason TEXT NOT NULL,
    settled_by TEXT,
    settled_on DATE,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, line_index),
    FOREIGN KEY (community_id, file_id) REFERENCES bank_file (community_id, id)
);
CREATE INDEX bank_line_open ON bank_line (community_id, received_on, id) WHERE state = 'open';
CREATE INDEX bank_line_by_day ON bank_line (community_id, received_on);

-- The receipts a line was booked as, round by round.
CREATE TABLE bank_part (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    line_id UUID NOT NULL,
    round BIGINT NOT NULL,
    receipt_id UUID NOT NULL,
    amount_fen BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX bank_part_by_line ON bank_part (community_id, line_id, round);
CREATE INDEX bank_part_by_receipt ON bank_part (community_id, receipt_id);

-- Holds that were opened because money could be a payer's; they end by themselves when it is settled.
CREATE TABLE bank_hold (
    community_id UUID NOT NULL,
    hold_id UUID NOT NULL,
    PRIMARY KEY (community_id, hold_id)
);

-- Payments and refunds of a provider's file. fee_fen: what the provider keeps; no owner is charged for it.
CREATE TABLE settlement_entry (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    file_id UUID NOT NULL,
    provider TEXT NOT NULL CHECK (provider IN ('wechat', 'alipay')),
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund')),
    entry_no TEXT NOT NULL,
    order_no TEXT NOT NULL,
    happened_on DATE NOT NULL,
    amount_fen BIGINT NOT NULL,
    fee_fen BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, provider, kind, entry_no),
    FOREIGN KEY (community_id, file_id) REFERENCES bank_file (community_id, id)
);
CREATE INDEX settlement_entry_by_day ON settlement_entry (community_id, happened_on);

-- Differences a person has looked into. subject_id: the entry, or the receipt where there is none.
CREATE TABLE settlement_note (
    community_id UUID NOT NULL,
    provider TEXT NOT NULL CHECK (provider IN ('wechat', 'alipay')),
    kind TEXT NOT NULL CHECK (kind IN ('not_in_books', 'not_in_file', 'amount', 'refund')),
    subject_id UUID NOT NULL,
    reason TEXT NOT NULL,
    settled_by TEXT NOT NULL,
    settled_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, provider, kind, subject_id)
);

-- Reductions and corrections -----------------------------------------------------------------------------------------

-- Handover rule, vacancy and prepayment discounts, limits per role; what is not in it is the default.
CREATE TABLE money_rule (
    community_id UUID NOT NULL PRIMARY KEY REFERENCES community (id),
    body JSONB NOT NULL
);

-- Months of which a part is charged: a home confirmed vacant, a year paid ahead (then of one account). Each charge of those months
-- gets an adjustment. ended_on: it ended before its time; the rest never changes.
CREATE TABLE discount (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    account_id UUID,
    kind TEXT NOT NULL CHECK (kind IN ('vacancy', 'promotion')),
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    part_e4 BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    granted_on DATE NOT NULL,
    ended_on DATE,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, unit_id) REFERENCES unit (community_id, id)
);
CREATE INDEX discount_by_unit ON discount (community_id, unit_id);

-- Closing ------------------------------------------------------------------------------------------------------------

-- A fact belongs to the first closing whose last_day is on or after the fact's day and whose fact_seq is on or after its number.
-- Chained per community by fact_seq; only the marks of a reopening are ever written to a row.
CREATE TABLE month_closing (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    month TEXT NOT NULL,
    last_day DATE NOT NULL,
    fact_seq BIGINT NOT NULL,
    figures JSONB NOT NULL,
    closed_by TEXT NOT NULL,
    closed_at TIMESTAMPTZ NOT NULL,
    reopened_at TIMESTAMPTZ,
    reopened_by TEXT,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX month_closing_once ON month_closing (community_id, month) WHERE reopened_at IS NULL;

-- Lines of requests for invoices (开票申请), by the month of the request. The first line of a charge asks for its invoice; a later one
-- names it (blue_id) and says why: red (红字), below zero, when the charge was reversed or lowered since. What was asked for a charge is
-- the sum of its lines.
CREATE TABLE invoice_line (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    month TEXT NOT NULL,
    charge_id UUID NOT NULL,
    blue_id UUID,
    reason TEXT CHECK (reason IN ('reversed', 'lowered', 'restored')),
    rate_percent BIGINT NOT NULL,
    net_fen BIGINT NOT NULL,
    tax_fen BIGINT NOT NULL,
    gross_fen BIGINT NOT NULL,
    requested_on DATE NOT NULL,
    requested_by TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX invoice_line_by_month ON invoice_line (community_id, month);
CREATE INDEX invoice_line_by_charge ON invoice_line (community_id, charge_id);
CREATE UNIQUE INDEX invoice_line_once ON invoice_line (community_id, charge_id) WHERE blue_id IS NULL;

-- Collection --------------------------------------------------------------------------------------------------------

CREATE TABLE case_file (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    party_id UUID NOT NULL,
    number TEXT NOT NULL,
    cycle_no BIGINT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('reminder', 'conversation', 'demand', 'legal')),
    stage_entered_on DATE NOT NULL,
    opened_on DATE NOT NULL,
    closed_on DATE,
    close_reason TEXT,
    policy_version BIGINT NOT NULL,
    staff_id UUID,
    lock_no BIGINT NOT NULL,
    next_due_on DATE,
    last_decision_id UUID,
    last_digest BYTEA,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    FOREIGN KEY (community_id, party_id) REFERENCES party (community_id, id)
);
CREATE UNIQUE INDEX case_file_one_open ON case_file (community_id, party_id) WHERE closed_on IS NULL;
CREATE INDEX case_file_by_party ON case_file (community_id, party_id, id);
CREATE INDEX case_file_by_stage ON case_file (community_id, stage) WHERE closed_on IS NULL;
-- What belongs to open cases is found from here, without a look at the cases themselves.
CREATE INDEX case_file_open ON case_file (community_id, id, cycle_no, party_id) WHERE closed_on IS NULL;

CREATE TABLE classification (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    cause TEXT NOT NULL,
    attitude TEXT NOT NULL,
    capacity TEXT NOT NULL,
    evidence TEXT NOT NULL,
    set_by_id UUID,
    set_by_name TEXT NOT NULL,
    set_on DATE NOT NULL,
    expires_on DATE NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX classification_by_case ON classification (community_id, case_id, seq);

CREATE TABLE collection_run (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    as_of DATE NOT NULL,
    policy_version BIGINT NOT NULL,
    watermark BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'taken_over')),
    cases BIGINT NOT NULL,
    decisions BIGINT NOT NULL,
    counts JSONB NOT NULL,
    digest BYTEA,
    actor_name TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX collection_run_by_day ON collection_run (community_id, as_of);

-- A decision equal to the case's last one (day counts aside) writes nothing; the run keeps counts and a digest of all.
CREATE TABLE decision (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    case_id UUID NOT NULL,
    as_of DATE NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('act', 'none')),
    step_key TEXT,
    reason TEXT,
    stage_before TEXT NOT NULL,
    stage_after TEXT NOT NULL,
    policy_version BIGINT NOT NULL,
    next_due_on DATE,
    facts JSONB NOT NULL,
    trace JSONB NOT NULL,
    digest BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX decision_by_case ON decision (community_id, case_id, seq);

CREATE TABLE action (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    cycle_no BIGINT NOT NULL,
    step_key TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT,
    stage TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'cancelled', 'deferred', 'blocked', 'expired', 'in_flight', 'sent',
        'delivered', 'read', 'uncertain', 'abandoned', 'failed_permanent', 'open_task', 'done')),
    state_reason TEXT,
    planned_on DATE NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    open_fen BIGINT NOT NULL,
    late_fee_fen BIGINT NOT NULL,
    lines JSONB NOT NULL,
    done_on DATE,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, case_id, cycle_no, step_key, occurrence)
);
CREATE INDEX action_due ON action (community_id, due_at) WHERE state IN ('planned', 'deferred');
CREATE INDEX action_in_flight ON action (community_id, id) WHERE state = 'in_flight';
-- Covering: the nightly plan reads the steps of every open case.
CREATE INDEX action_by_case ON action (community_id, case_id, cycle_no, seq, step_key, occurrence, kind, channel, state,
    planned_on, done_on);

CREATE TABLE hold (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID,
    kind TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('case', 'charges', 'amount', 'community')),
    suppress_contact BOOLEAN NOT NULL,
    suppress_escalation BOOLEAN NOT NULL,
    suppress_late_fee BOOLEAN NOT NULL,
    suppress_legal BOOLEAN NOT NULL,
    charge_ids JSONB NOT NULL,
    reason TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_on DATE NOT NULL,
    review_on DATE NOT NULL,
    expires_on DATE,
    released_on DATE,
    released_by TEXT,
    release_reason TEXT,
    complaint_id UUID,
    disputed_fen BIGINT NOT NULL,
    staff_id UUID,
    confirmed_by TEXT,
    document TEXT,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX hold_by_case ON hold (community_id, case_id);
CREATE INDEX hold_of_late_fee ON hold (community_id, seq) WHERE suppress_late_fee;

CREATE TABLE task (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID,
    action_id UUID,
    kind TEXT NOT NULL CHECK (kind IN ('call', 'visit', 'senior_talk', 'legal_review', 'serve_letter', 'repair_contact',
        'resolve_uncertain', 'answer_complaint', 'review_hold', 'follow_up', 'late_complaint', 'warn_plan')),
    title TEXT NOT NULL,
    staff_id UUID,
    due_on DATE NOT NULL,
    fitting_time TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
    result TEXT,
    created_on DATE NOT NULL,
    done_on DATE,
    done_by TEXT,
    -- Who holds it just now, and until when.
    taken_by UUID,
    taken_by_name TEXT,
    taken_until TIMESTAMPTZ,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX task_open ON task (community_id, staff_id, due_on) WHERE state = 'open';
CREATE INDEX task_by_case ON task (community_id, case_id);
CREATE INDEX task_held ON task (community_id, taken_by) WHERE state = 'open' AND taken_by IS NOT NULL;

-- What one shift handed to the next: the tasks by id, with a note.
CREATE TABLE task_handover (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    from_id UUID NOT NULL,
    from_name TEXT NOT NULL,
    to_id UUID NOT NULL,
    to_name TEXT NOT NULL,
    note TEXT NOT NULL,
    tasks JSONB NOT NULL,
    task_count BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    handed_on DATE NOT NULL,
    PRIMARY KEY (community_id, id)
);

CREATE TABLE promise (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    amount_fen BIGINT NOT NULL,
    promised_on DATE NOT NULL,
    due_on DATE NOT NULL,
    channel TEXT NOT NULL,
    taken_by TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('offered', 'active', 'kept', 'part_kept', 'broken', 'withdrawn', 'superseded', 'accepted', 'lapsed')),
    settled_on DATE,
    -- The offer it was agreed from, or the promise it takes the place of.
    replaces_id UUID,
    -- An offer has a last day to agree to it; a promise has none.
    lapses_on DATE,
    seq BIGINT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX promise_one_active ON promise (community_id, case_id) WHERE state = 'active';
CREATE INDEX promise_by_due ON promise (community_id, due_on, id);
CREATE INDEX promise_by_case ON promise (community_id, case_id);
CREATE UNIQUE INDEX promise_one_offered ON promise (community_id, case_id) WHERE state = 'offered';
CREATE INDEX promise_offered ON promise (community_id, lapses_on) WHERE state = 'offered';

CREATE TABLE plan (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'offered', 'accepted', 'active', 'completed', 'defaulted', 'cancelled')),
    total_fen BIGINT NOT NULL,
    offered_on DATE NOT NULL,
    lapses_on DATE NOT NULL,
    agreed_on DATE,
    agreed_by_way TEXT NOT NULL,
    -- The charges as they were agreed, each with its own due date; the parts; what was agreed beside them.
    lines JSONB NOT NULL,
    schedule JSONB NOT NULL,
    terms JSONB NOT NULL,
    agreed_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    runs_from DATE,
    warned_on DATE,
    warned_by TEXT NOT NULL,
    settled_on DATE,
    ended_why TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX plan_one_current ON plan (community_id, case_id) WHERE state IN ('draft', 'offered', 'accepted', 'active');
CREATE INDEX plan_by_state ON plan (community_id, state, id);
CREATE INDEX plan_by_case ON plan (community_id, case_id);

-- Outreach ----------------------------------------------------------------------------------------------------------

-- A single-use try to deliver: the token fences late acknowledgements. Never retried; a new try is a new occurrence.
CREATE TABLE attempt (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    action_id UUID NOT NULL,
    attempt_no BIGINT NOT NULL,
    token UUID NOT NULL,
    channel TEXT NOT NULL,
    gateway TEXT NOT NULL,
    recipient_sealed BYTEA NOT NULL,
    recipient_tail TEXT NOT NULL,
    recipient_verified BOOLEAN NOT NULL,
    content_sealed BYTEA NOT NULL,
    content_hash BYTEA NOT NULL,
    template_key TEXT NOT NULL,
    template_version BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in_flight', 'sent', 'failed_permanent', 'uncertain', 'abandoned')),
    provider_id TEXT,
    provider_said TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    lease_until TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, action_id, attempt_no)
);
CREATE INDEX attempt_lease ON attempt (community_id, lease_until) WHERE state = 'in_flight';

CREATE TABLE delivery_event (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    attempt_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('accepted', 'delivered', 'read', 'bounced', 'refused')),
    provider_event_id TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    UNIQUE (community_id, attempt_id, provider_event_id)
);

-- Every contact, human or system; feeds budgets and evidence. Chained per case.
-- initiative: who wanted it. breach: the rule of the contact budget it broke, for it happened nevertheless.
-- script: the script that was shown, with its edition.
CREATE TABLE contact_log (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID,
    party_id UUID NOT NULL,
    action_id UUID,
    channel TEXT NOT NULL CHECK (channel IN ('phone', 'visit', 'sms', 'wechat', 'email', 'letter', 'counter', 'board')),
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    outcome TEXT NOT NULL,
    right_party BOOLEAN NOT NULL,
    happened_at TIMESTAMPTZ NOT NULL,
    happened_on DATE NOT NULL,
    note_sealed BYTEA,
    next_step TEXT,
    next_on DATE,
    staff_id UUID,
    staff_name TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    initiative TEXT NOT NULL CHECK (initiative IN ('ours', 'call_back', 'owner')),
    breach TEXT,
    script TEXT,
    seq BIGINT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX contact_log_by_party ON contact_log (community_id, party_id, happened_on);
CREATE INDEX contact_log_by_case ON contact_log (community_id, case_id, seq);
-- How many calls and visits a person has made today.
CREATE INDEX contact_log_by_staff ON contact_log (community_id, staff_id, happened_on) WHERE staff_id IS NOT NULL;
-- What a phone sent of a visit. visit_key: made by the phone, so that the same record sent twice is one; content_index: an HMAC of all
-- that was sent with it.
CREATE TABLE visit_record (
    community_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    case_id UUID NOT NULL,
    visit_key TEXT NOT NULL,
    content_index BYTEA NOT NULL,
    signing TEXT NOT NULL CHECK (signing IN ('signed', 'declined', 'not_asked')),
    received_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (community_id, contact_id)
);
CREATE UNIQUE INDEX visit_record_by_key ON visit_record (community_id, visit_key);

-- Service -----------------------------------------------------------------------------------------------------------

-- finding: what was found last; overruled: some answer ever found it wrong. task_id: the task to answer it.
CREATE TABLE complaint (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID,
    unit_id UUID NOT NULL,
    party_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('repair', 'cleaning', 'security', 'noise', 'greening', 'parking', 'charge_query', 'other')),
    priority TEXT NOT NULL CHECK (priority IN ('urgent', 'high', 'normal')),
    source TEXT NOT NULL CHECK (source IN ('case', 'desk', 'owner', 'department', 'phone')),
    department TEXT NOT NULL CHECK (department IN ('service', 'engineering', 'security', 'cleaning')),
    subject TEXT NOT NULL,
    disputed_fen BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'working', 'done', 'verified', 'answered', 'closed')),
    finding TEXT CHECK (finding IN ('valid', 'partly', 'invalid')),
    overruled BOOLEAN NOT NULL,
    remedy TEXT CHECK (remedy IN ('repair', 'apology', 'reduction', 'none')),
    opened_on DATE NOT NULL,
    promised_on DATE NOT NULL,
    worked_by_id UUID,
    worked_by TEXT,
    answered_on DATE,
    answer TEXT,
    satisfaction BIGINT CHECK (satisfaction BETWEEN 1 AND 5),
    reopened BIGINT NOT NULL,
    escalation BIGINT NOT NULL,
    task_id UUID,
    charge_ids JSONB NOT NULL,
    taken_by TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX complaint_open ON complaint (community_id, promised_on) WHERE answered_on IS NULL;
CREATE INDEX complaint_by_case ON complaint (community_id, case_id);
CREATE INDEX complaint_by_party ON complaint (community_id, party_id);
CREATE INDEX complaint_by_unit ON complaint (community_id, unit_id);
CREATE INDEX complaint_by_state ON complaint (community_id, state, promised_on);

-- Append only: the course of every complaint, in the order of seq.
CREATE TABLE complaint_event (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    complaint_id UUID NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor_id UUID,
    actor_name TEXT NOT NULL,
    note TEXT NOT NULL,
    detail JSONB NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX complaint_event_by_complaint ON complaint_event (community_id, complaint_id, seq);

-- content_sealed: ciphertext; sha256 is of what was sent.
CREATE TABLE attachment (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('complaint', 'plan', 'visit', 'visit_signature')),
    subject_id UUID NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    content_sealed BYTEA NOT NULL,
    added_by TEXT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX attachment_by_subject ON attachment (community_id, subject_kind, subject_id, seq);

-- Legal -------------------------------------------------------------------------------------------------------------

-- body: everything printed, frozen; body_hash its SHA-256. number is NULL for a draft.
CREATE TABLE notice (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('demand', 'board', 'clearance', 'cutoff')),
    case_id UUID,
    unit_id UUID,
    entrance_id UUID,
    as_of DATE NOT NULL,
    principal_fen BIGINT NOT NULL,
    late_fee_fen BIGINT NOT NULL,
    pay_by DATE,
    body JSONB NOT NULL,
    body_hash BYTEA NOT NULL,
    pdf_sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('drafted', 'issued', 'served', 'refused', 'returned')),
    issued_by TEXT,
    approved_by TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX notice_number ON notice (community_id, number) WHERE number IS NOT NULL;
CREATE INDEX notice_by_case ON notice (community_id, case_id);

CREATE TABLE service_proof (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    notice_id UUID NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('hand', 'left_at_place', 'ems', 'registered_mail', 'notarised', 'wechat', 'email', 'sms')),
    grade TEXT NOT NULL CHECK (grade IN ('A', 'B', 'C', 'D', 'E')),
    outcome TEXT NOT NULL CHECK (outcome IN ('served', 'refused', 'returned')),
    served_on DATE NOT NULL,
    receiver_name TEXT NOT NULL,
    receiver_relation TEXT NOT NULL,
    tracking_no TEXT,
    evidence_sha256 TEXT,
    served_by TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX service_proof_by_notice ON service_proof (community_id, notice_id);

CREATE TABLE legal_matter (
    community_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('mediation', 'payment_order', 'suit', 'arbitration')),
    state TEXT NOT NULL CHECK (state IN ('approved', 'filed', 'settled', 'effective', 'withdrawn', 'closed')),
    ground TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    opened_on DATE NOT NULL,
    filed_on DATE,
    closed_on DATE,
    claim_fen BIGINT NOT NULL,
    claim_lines JSONB NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX legal_matter_by_case ON legal_matter (community_id, case_id);

-- Acts of two people (审批). asked: the act and what it is about; expires_on: the last day to approve. What was asked is covered
-- by the register's digest, what was decided by the audit trail.
CREATE TABLE approval (
    community_id UUID NOT NULL REFERENCES community (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('legal_matter', 'adjustment', 'rebill', 'vacancy', 'service_reduction',
        'demand_letter', 'reopen_month', 'late_fee_ceiling', 'deposit_deduction', 'refund', 'opening_correction',
        'service_end', 'policy_activation', 'formal_exception')),
    subject_id UUID NOT NULL,
    asked JSONB NOT NULL,
    reason TEXT NOT NULL,
    asked_by_id UUID,
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    expires_on DATE NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'expired')),
    decided_by_id UUID,
    decided_by TEXT,
    decided_at TIMESTAMPTZ,
    answer TEXT,
    result_id UUID,
    seq BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX approval_one_open ON approval (community_id, kind, subject_id) WHERE state = 'open';
CREATE INDEX approval_by_result ON approval (community_id, result_id);
CREATE INDEX approval_decided ON approval (community_id, decided_at) WHERE decided_at IS NOT NULL;

-- Review ------------------------------------------------------------------------------------------------------------

-- Month-end figures, frozen so that later corrections do not rewrite history.
CREATE TABLE review_snapshot (
    community_id UUID NOT NULL,
    month TEXT NOT NULL,
    figures JSONB NOT NULL,
    note TEXT NOT NULL,
    frozen_at TIMESTAMPTZ NOT NULL,
    frozen_by TEXT NOT NULL,
    PRIMARY KEY (community_id, month)
);
