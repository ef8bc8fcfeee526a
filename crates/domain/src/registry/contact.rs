//! Contact points (联系方式): by which channel, whose, how verified, and the one form in which a value is kept and compared.

use super::phone::{PhoneNumber, mask};
use crate::words::words;

words!(
    /// How a party is reached.
    Channel {
        /// 电话
        Phone = "phone", "电话", "phone";
        /// 电子邮箱
        Email = "email", "电子邮箱", "e-mail";
        /// 微信
        Wechat = "wechat", "微信", "WeChat";
        /// 通讯地址
        Address = "address", "通讯地址", "postal address";
    }
);

words!(
    /// Who answers there.
    Relation {
        /// 本人
        Oneself = "self", "本人", "the person";
        /// 配偶
        Spouse = "spouse", "配偶", "spouse";
        /// 租户
        Tenant = "tenant", "租户", "tenant";
        /// 代理人
        Representative = "representative", "代理人", "representative";
        /// 紧急联系人: for emergencies, never about arrears.
        Emergency = "emergency", "紧急联系人", "emergency contact";
    }
);

words!(
    /// How it is known that the party is reached there.
    VerifiedHow {
        /// Read from the office's list, in which it stood as a valid number.
        Import = "import", "导入名册", "office list";
        /// Somebody rang and spoke to the person.
        Call = "call", "电话核实", "by a call";
        /// The person said so at the counter or at the door.
        InPerson = "in_person", "当面核实", "in person";
        /// A signed paper: contract, handover record, confirmation of address for service.
        Document = "document", "书面材料", "by a signed paper";
    }
);

/// Why a text is no value of its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Neither an 11-digit mobile nor a landline with area code, or a placeholder.
    #[error("not a phone number that can be rung")]
    Phone,
    /// Not `name@domain`.
    #[error("not an e-mail address")]
    Email,
    /// Empty, longer than 200 characters, or with control characters.
    #[error("empty or too long")]
    Text,
}

impl Channel {
    /// The form in which a value is kept and compared: digits of a phone number, an e-mail address in small letters.
    ///
    /// # Errors
    /// [`ContactError`] says what it is not.
    pub fn normalise(self, typed: &str) -> Result<String, ContactError> {
        let typed = typed.trim();
        match self {
            Self::Phone => {
                PhoneNumber::parse(typed).map(|phone| phone.as_str().to_owned()).map_err(|_| ContactError::Phone)
            }
            Self::Email if is_email(typed) => Ok(typed.to_lowercase()),
            Self::Email => Err(ContactError::Email),
            Self::Wechat | Self::Address if is_text(typed) => Ok(typed.to_owned()),
            Self::Wechat | Self::Address => Err(ContactError::Text),
        }
    }

    /// What of a kept value may be shown: `138****2231`, `w****@example.com`, the first characters of the rest.
    #[must_use]
    pub fn mask(self, value: &str) -> String {
        let first = |count: usize| value.chars().take(count).collect::<String>();
        match self {
            Self::Phone => mask(value),
            Self::Email => {
                let domain = value.split_once('@').map_or("", |(_, domain)| domain);
                format!("{}****@{domain}", first(1))
            }
            Self::Wechat => format!("{}****", first(2)),
            // The street is left out: province and city are enough to recognise it.
            Self::Address => format!("{}****", first(6)),
        }
    }
}

fn is_text(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control)
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let labels = domain.split('.').collect::<Vec<_>>();
    let clean = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.len() <= 200
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c))
        && labels.len() > 1
        && labels.iter().all(|label| !label.is_empty() && label.chars().all(clean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_form_however_it_is_typed() {
        assert_eq!(Channel::Phone.normalise("+86 138-0013 2231").as_deref(), Ok("13800132231"));
        assert_eq!(Channel::Email.normalise(" Wang@Example.COM ").as_deref(), Ok("wang@example.com"));
        assert_eq!(Channel::Phone.normalise("1380013223"), Err(ContactError::Phone));
        for text in
            ["wang", "wang@", "@example.com", "wang@example", "a b@example.com", "a@b..com", "a@b.com\r\nBcc: c@d.com"]
        {
            assert_eq!(Channel::Email.normalise(text), Err(ContactError::Email), "{text}");
        }
        assert_eq!(Channel::Wechat.normalise("  "), Err(ContactError::Text));
    }

    #[test]
    fn a_mask_keeps_too_little_to_reach_anybody() {
        assert_eq!(Channel::Phone.mask("13800132231"), "138****2231");
        assert_eq!(Channel::Email.mask("wang@example.com"), "w****@example.com");
        assert_eq!(Channel::Wechat.mask("wxid_abc123"), "wx****");
        assert_eq!(Channel::Address.mask("浙江省杭州市西湖区文三路1号"), "浙江省杭州市****");
    }
}
