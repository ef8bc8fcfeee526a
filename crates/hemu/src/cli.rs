//! The command line: [`Cli`], one variant per command, and which function does it.

use clap::{Parser, Subcommand};
use hemu_app::{Actor, Refusal};

use crate::database::{Database, DatabaseArgs};
use crate::output::Output;
use crate::{
    approval, bank, bench, bill, calc, case, close, collect, correct, demo, deposit, doctor, import, letter, meter,
    operations, order, policy, rebill, receipt, report, serve, service, share, template, verify, waive,
};

/// 和睦：物业费收缴与分级催缴 / Hemu: property-fee billing and collection
#[derive(Debug, Parser)]
#[command(name = "hemu", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Print one JSON document and nothing else
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a lifelike example in a fresh database
    Demo(demo::DemoArgs),
    /// Serve the pages
    Serve(serve::ServeArgs),
    /// Make or migrate the database
    Migrate,
    /// Copy the database into a new file
    Backup(operations::BackupArgs),
    /// Put a backup in the place of the database
    Restore(operations::RestoreArgs),
    /// Check this machine and database
    Doctor,
    /// Write an empty workbook to fill in
    Template(template::TemplateArgs),
    /// Bring in an office's spreadsheet
    Import(import::ImportArgs),
    /// Meters, readings, usage
    Meter(meter::MeterArgs),
    /// Share costs over units
    Share(share::ShareArgs),
    /// What is charged once
    Order(order::OrderArgs),
    /// Issue bills
    Bill(bill::BillArgs),
    /// Take payments
    Receipt(receipt::ReceiptArgs),
    /// Deposits: money of others that is kept for them
    Deposit(deposit::DepositArgs),
    /// Bank statements and settlement files of payment providers
    Bank(bank::BankArgs),
    /// Run collection
    Collect(collect::CollectArgs),
    /// The policy: show, check, draft, try, ask for it to be put in force, replay
    Policy(policy::PolicyArgs),
    /// Work on a case: record a contact, hold it
    Case(case::CaseArgs),
    /// Print letters and notices
    Letter(letter::LetterArgs),
    /// Ask for a legal step
    Legal(approval::LegalArgs),
    /// What needs two people: list, approve, refuse, withdraw
    Approval(approval::ApprovalArgs),
    /// The end of the service, and what is given back then
    Service(service::ServiceArgs),
    /// Let off principal or late fee
    Waive(waive::WaiveArgs),
    /// Raise an opening balance that was brought in too low
    Correct(correct::CorrectArgs),
    /// Bill charges of a wrong price, standard or shared cost anew
    Rebill(Box<rebill::RebillArgs>),
    /// Lists and rates
    Report(report::ReportArgs),
    /// Close a month
    Close(close::CloseArgs),
    /// Files for the general ledger and for invoices
    Export(close::ExportArgs),
    /// Check every invariant of money, cases and log
    Verify,
    /// Measure how fast the work is, on a data set of its own
    Bench(bench::BenchArgs),
    /// The calculators of the trade; they need no database
    Calc(calc::CalcArgs),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// What the command refused.
    pub fn run(&self, database: &Database) -> Result<Output, Refusal> {
        let open = |as_of| database.open(as_of);
        match &self.command {
            Command::Demo(args) => demo::run(database, args),
            Command::Serve(args) => serve::run(database, args),
            Command::Migrate => operations::migrate(database),
            Command::Backup(args) => operations::backup(database, args),
            Command::Restore(args) => operations::restore(database, args),
            Command::Doctor => doctor::run(database),
            Command::Template(args) => template::run(args),
            Command::Import(args) => import::run(&open(args.as_of)?, &Actor::local_operator(), args),
            Command::Meter(args) => meter::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Share(args) => share::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Order(args) => order::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Bill(args) => bill::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Receipt(args) => receipt::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Deposit(args) => deposit::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Bank(args) => bank::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Collect(args) => collect::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Policy(args) => policy::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Case(args) => case::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Letter(args) => letter::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Legal(args) => approval::run_legal(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Approval(args) => approval::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Service(args) => service::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Waive(args) => waive::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Correct(args) => correct::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Rebill(args) => rebill::run(&open(args.as_of)?, &Actor::local_operator(), args),
            Command::Report(args) => report::run(&open(args.as_of())?, &Actor::local_operator(), args),
            Command::Close(args) => close::run(&open(args.as_of)?, &Actor::local_operator(), args),
            Command::Export(args) => close::run_export(&open(None)?, &Actor::local_operator(), args),
            Command::Verify => verify::run(&open(None)?, &Actor::local_operator()),
            Command::Bench(args) => bench::run(database, args),
            Command::Calc(args) => calc::run(args),
        }
    }
}
