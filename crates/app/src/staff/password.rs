//! Passwords: Argon2id with the library's recommended costs.

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use crate::Refusal;

/// The fewest characters of a password.
const SHORTEST: usize = 8;
/// The most: more only makes the hash slow.
const LONGEST: usize = 200;

/// Lets a password be that can stand.
///
/// # Errors
/// [`Refusal::InvalidInput`] for one that is too short, too long, or one character over and over.
pub fn check(password: &str) -> Result<(), Refusal> {
    let length = password.chars().count();
    let varied = password.chars().any(|c| !password.starts_with(c));
    if (SHORTEST..=LONGEST).contains(&length) && varied {
        return Ok(());
    }
    let zh = format!("密码至少 {SHORTEST} 个字符，且不能全部相同");
    Err(Refusal::invalid("password", zh, format!("a password has at least {SHORTEST} characters, not all the same")))
}

/// The hash to store, in the PHC format, with a salt of its own.
///
/// # Errors
/// [`Refusal::Internal`] when the machine gives no randomness.
pub fn hash(password: &str) -> Result<String, Refusal> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| Refusal::Internal(error.to_string()))
}

/// Whether the password is the one of that hash. Without a hash it takes as long and is false: an answer never tells
/// whether the login exists.
#[must_use]
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    // The hash of a password nobody has.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$aGVtdS1oZW11LWhlbXU$0M1QQg3yMv5LBGbVBUuLW4mI7c7LQ0dZSgPUeLlkxqs";
    let known = hash.unwrap_or(NOBODY);
    let Ok(parsed) = PasswordHash::new(known) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other() {
        let hash = hash("柳暗花明又一村 1").expect("hashes");
        assert!(verify("柳暗花明又一村 1", Some(&hash)));
        assert!(!verify("柳暗花明又一村 2", Some(&hash)));
        assert!(!verify("柳暗花明又一村 1", None));
        assert_ne!(hash, super::hash("柳暗花明又一村 1").expect("hashes"), "a salt of its own");
    }

    #[test]
    fn short_and_monotonous_passwords_are_refused() {
        assert!(check("1234567").is_err() && check("aaaaaaaaaa").is_err() && check(&"ab".repeat(200)).is_err());
        assert!(check("12345678").is_ok());
    }

    #[test]
    fn the_hash_of_nobody_costs_what_a_real_one_costs() {
        let real = hash("some password").expect("hashes");
        let costs = |hash: &str| hash.split('$').nth(3).map(ToOwned::to_owned);
        assert!(real.starts_with("$argon2id$v=19$"));
        assert_eq!(costs(&real).as_deref(), Some("m=19456,t=2,p=1"));
    }
}
