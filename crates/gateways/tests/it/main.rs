//! E-mail against a real SMTP dialogue, and what is known when it goes wrong.

use std::time::{Duration, Instant};

use hemu_gateways::smtp::{Security, SmtpConfig, SmtpGateway};
use hemu_gateways::{Answer, Gateway, Outgoing};
use hemu_testkit::smtp::{Behaviour, SmtpServer};
use uuid::Uuid;

fn gateway(server: &SmtpServer) -> SmtpGateway {
    let address = server.address();
    SmtpGateway::try_new(SmtpConfig {
        host: address.ip().to_string(),
        port: address.port(),
        security: Security::None,
        username: None,
        password: None,
        from: "翠湖物业 <service@example.com>".to_owned(),
    })
    .expect("sound settings")
}

fn send(server: &SmtpServer) -> Answer {
    let message = Outgoing {
        key: Uuid::from_u128(7),
        channel: "email".to_owned(),
        recipient: "owner@example.com".to_owned(),
        subject: "物业缴费提醒".to_owned(),
        text: "您好，3-2-1502 还有 810.00 元未缴。".to_owned(),
    };
    gateway(server).send(&message, Instant::now() + Duration::from_secs(10))
}

#[test]
fn a_mail_arrives_once_with_our_key() {
    let server = SmtpServer::start();
    assert!(matches!(send(&server), Answer::Accepted { delivered: false, .. }), "a 250 is not delivery");
    let mails = server.messages();
    assert_eq!(mails.len(), 1);
    let id = mails[0].header("Message-ID").expect("an id");
    assert!(id.contains(&Uuid::from_u128(7).to_string()), "{id}");
}

#[test]
fn a_refusal_is_a_refusal_and_nothing_is_tried_again() {
    let server = SmtpServer::start();
    server.always(Behaviour::RefuseRecipient(550));
    assert!(matches!(send(&server), Answer::Refused { bad_address: true, .. }));
    assert_eq!((server.messages().len(), server.connections()), (0, 1));
    let server = SmtpServer::start();
    server.always(Behaviour::RefuseText(450));
    assert!(matches!(send(&server), Answer::Refused { bad_address: false, .. }));
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_connection_that_breaks_after_the_text_leaves_it_unknown() {
    let server = SmtpServer::start();
    server.always(Behaviour::HangUpTaken);
    assert!(matches!(send(&server), Answer::Unknown { .. }), "the server may have it");
    assert_eq!(server.connections(), 1, "never sent again");
}

#[test]
fn nobody_listening_is_certainly_not_sent() {
    let server = SmtpServer::start();
    let gone = gateway(&server);
    drop(server);
    let message = Outgoing {
        key: Uuid::from_u128(8),
        channel: "email".to_owned(),
        recipient: "not an address".to_owned(),
        subject: String::new(),
        text: String::new(),
    };
    let soon = Instant::now() + Duration::from_secs(5);
    assert!(matches!(gone.send(&message, soon), Answer::Refused { bad_address: true, .. }));
    let message = Outgoing { recipient: "owner@example.com".to_owned(), ..message };
    assert!(matches!(gone.send(&message, soon), Answer::Refused { bad_address: false, .. }));
}
