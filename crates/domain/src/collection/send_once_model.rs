//! The model check behind the sending protocol: every order of events of two workers that may crash at any point, or wake up
//! after their lease ran out and act late, against providers that say nothing, can be asked, or drop a second message with the
//! same key. It shows why an attempt is used once and why a doubt becomes `uncertain` (at most one delivery, no silent loss,
//! every doubt visible), and what the other designs in use do instead.

use std::collections::{HashSet, VecDeque};

/// Deliveries beyond this are not told apart.
const MANY: u8 = 4;
/// Attempts after which the designs that try again give up.
const ATTEMPTS: u8 = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Provider {
    Silent,
    Queryable,
    Dedupes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Design {
    SendThenMark,
    MarkThenSend,
    LeaseAndRetry,
    LeaseQueryRetry,
    /// Hemu's, where the provider can be asked.
    SingleUseQuery,
    /// Hemu's, where it cannot.
    SingleUse,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Status {
    None,
    Planned,
    InFlight,
    Sent,
    Uncertain,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Worker {
    Idle,
    /// Has decided to send, under that token.
    Claimed(u8),
    /// Has sent and not said so.
    Called(u8),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct World {
    status: Status,
    token: u8,
    delivered: u8,
    workers: [Worker; 2],
}

struct Model {
    design: Design,
    provider: Provider,
}

#[derive(Debug, PartialEq, Eq)]
struct Found {
    most_deliveries: u8,
    silent_skip: bool,
    uncertain_reachable: bool,
}

impl Model {
    fn explore(&self) -> Found {
        let start = World { status: Status::None, token: 0, delivered: 0, workers: [Worker::Idle; 2] };
        let mut seen = HashSet::from([start]);
        let mut queue = VecDeque::from([start]);
        let mut found = Found { most_deliveries: 0, silent_skip: false, uncertain_reachable: false };
        while let Some(world) = queue.pop_front() {
            let next = self.next(world);
            found.most_deliveries = found.most_deliveries.max(world.delivered);
            let idle = world.workers.iter().all(|worker| *worker == Worker::Idle);
            let ended = matches!(world.status, Status::Sent | Status::Uncertain);
            found.silent_skip |= world.status == Status::Sent && world.delivered == 0 && idle;
            found.silent_skip |= next.is_empty() && !ended;
            found.uncertain_reachable |= world.status == Status::Uncertain;
            queue.extend(next.into_iter().filter(|one| seen.insert(*one)));
        }
        found
    }

    fn next(&self, world: World) -> Vec<World> {
        let mut next = Vec::new();
        for (who, worker) in world.workers.into_iter().enumerate() {
            let with = |status, token, delivered, worker| {
                let mut workers = world.workers;
                workers[who] = worker;
                World { status, token, delivered, workers }
            };
            match (self.design, worker) {
                (Design::SendThenMark, worker) => self.send_then_mark(world, worker, &with, &mut next),
                (Design::MarkThenSend, worker) => self.mark_then_send(world, worker, &with, &mut next),
                (_, Worker::Idle) => self.outbox_idle(world, &with, &mut next),
                (_, Worker::Claimed(token)) => {
                    next.push(with(world.status, world.token, self.deliver(world), Worker::Called(token)));
                    next.push(with(world.status, world.token, world.delivered, Worker::Idle));
                }
                (_, Worker::Called(token)) => {
                    if token == world.token && matches!(world.status, Status::InFlight | Status::Uncertain) {
                        next.push(with(Status::Sent, world.token, world.delivered, Worker::Idle));
                    }
                    next.push(with(world.status, world.token, world.delivered, Worker::Idle));
                }
            }
        }
        let outbox = !matches!(self.design, Design::SendThenMark | Design::MarkThenSend);
        if outbox && world.delivered > 0 && matches!(world.status, Status::InFlight | Status::Uncertain) {
            // A delivery report.
            next.push(World { status: Status::Sent, ..world });
        }
        next
    }

    fn deliver(&self, world: World) -> u8 {
        if self.provider == Provider::Dedupes { world.delivered.max(1) } else { (world.delivered + 1).min(MANY) }
    }

    fn send_then_mark(
        &self,
        world: World,
        worker: Worker,
        with: &impl Fn(Status, u8, u8, Worker) -> World,
        next: &mut Vec<World>,
    ) {
        let World { status, delivered, .. } = world;
        match worker {
            Worker::Idle if status == Status::None => next.push(with(status, 0, delivered, Worker::Claimed(0))),
            Worker::Idle => {}
            Worker::Claimed(_) => {
                next.push(with(status, 0, self.deliver(world), Worker::Called(0)));
                next.push(with(status, 0, delivered, Worker::Idle));
            }
            Worker::Called(_) => {
                next.push(with(Status::Sent, 0, delivered, Worker::Idle));
                next.push(with(status, 0, delivered, Worker::Idle));
            }
        }
    }

    fn mark_then_send(
        &self,
        world: World,
        worker: Worker,
        with: &impl Fn(Status, u8, u8, Worker) -> World,
        next: &mut Vec<World>,
    ) {
        let World { status, delivered, .. } = world;
        match worker {
            Worker::Idle if status == Status::None => next.push(with(Status::Sent, 0, delivered, Worker::Claimed(0))),
            Worker::Idle | Worker::Called(_) => {}
            Worker::Claimed(_) => {
                next.push(with(status, 0, self.deliver(world), Worker::Idle));
                next.push(with(status, 0, delivered, Worker::Idle));
            }
        }
    }

    /// An idle worker plans, claims, or finds a claim whose lease seems to have run out (time is free here, so that covers workers
    /// that only seem to be dead).
    fn outbox_idle(&self, world: World, with: &impl Fn(Status, u8, u8, Worker) -> World, next: &mut Vec<World>) {
        let World { status, token, delivered, .. } = world;
        let claim = || with(Status::InFlight, token + 1, delivered, Worker::Claimed(token + 1));
        let end = |status| World { status, ..world };
        let found = self.provider != Provider::Silent && delivered > 0;
        match status {
            Status::None => next.push(end(Status::Planned)),
            Status::Planned => next.push(claim()),
            Status::InFlight => next.push(match self.design {
                Design::LeaseAndRetry | Design::LeaseQueryRetry if token >= ATTEMPTS => {
                    end(if found { Status::Sent } else { Status::Uncertain })
                }
                Design::LeaseQueryRetry if delivered > 0 => end(Status::Sent),
                Design::LeaseAndRetry | Design::LeaseQueryRetry => claim(),
                Design::SingleUseQuery if delivered > 0 => end(Status::Sent),
                Design::SingleUseQuery | Design::SingleUse | Design::SendThenMark | Design::MarkThenSend => {
                    end(Status::Uncertain)
                }
            }),
            Status::Sent | Status::Uncertain => {}
        }
    }
}

fn found(design: Design, provider: Provider) -> (u8, bool, bool) {
    let found = Model { design, provider }.explore();
    (found.most_deliveries, found.silent_skip, found.uncertain_reachable)
}

#[test]
fn a_single_use_attempt_delivers_at_most_once_loses_nothing_silently_and_shows_its_doubts() {
    for provider in [Provider::Silent, Provider::Queryable, Provider::Dedupes] {
        assert_eq!(found(Design::SingleUse, provider), (1, false, true));
    }
    for provider in [Provider::Queryable, Provider::Dedupes] {
        assert_eq!(found(Design::SingleUseQuery, provider), (1, false, true));
    }
}

#[test]
fn asking_the_provider_and_trying_again_is_not_enough() {
    assert_eq!(found(Design::LeaseQueryRetry, Provider::Queryable).0, 2, "the question races a worker that only slept");
    assert_eq!(found(Design::LeaseAndRetry, Provider::Silent).0, ATTEMPTS);
    assert_eq!(found(Design::LeaseAndRetry, Provider::Dedupes).0, 1);
}

#[test]
fn without_an_outbox_a_message_is_sent_many_times_or_skipped_silently() {
    assert_eq!(found(Design::SendThenMark, Provider::Silent), (MANY, false, false));
    assert_eq!(found(Design::MarkThenSend, Provider::Silent), (1, true, false));
}
