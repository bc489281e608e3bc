//! Vendors' own libraries as the other side of a webhook: what Slack's, Twilio's,
//! LINE's and Viber's sign or hold for signed our door takes, and what was changed on
//! the way both refuse.

use base64::Engine;
use bytes::Bytes;

use super::{run, tool, wanted};
use crate::signatures::sent;
use crate::support::{Recorder, channel, config, content, with_secret};

/// Signs a body with the vendor's library, or asks it whether a signature is good.
const SIGNER: &str = r#"
import sys, json
vendor, secret, at, url, body, given = sys.argv[1:]
if vendor == "slack":
    from slack_sdk.signature import SignatureVerifier
    made = SignatureVerifier(secret).generate_signature(timestamp=at, body=body)
elif vendor == "twilio":
    from urllib.parse import parse_qsl
    from twilio.request_validator import RequestValidator
    made = RequestValidator(secret).compute_signature(url, dict(parse_qsl(body, keep_blank_values=True)))
elif vendor == "viber":
    from viberbot import Api, BotConfiguration
    api = Api(BotConfiguration(auth_token=secret, name="n", avatar=""))
    made = api._calculate_message_signature(body.encode())
else:
    from linebot.v3.webhook import SignatureValidator
    good = SignatureValidator(secret).validate(body, given)
    made = given if good else ""
print(made.decode() if isinstance(made, bytes) else made)
"#;

struct Vendor {
    name: &'static str,
    secret: &'static str,
    header: &'static str,
    body: &'static str,
    /// The item that the body is.
    words: &'static str,
}

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const URL: &str = "https://floor.example/in/water?a=1";
const AT: i64 = 1_795_459_800;

const VENDORS: [Vendor; 4] = [
    Vendor {
        name: "slack",
        secret: "signing_secret",
        header: "x-slack-signature",
        body: r#"{"type":"event_callback","team_id":"T1","event":{"type":"message","channel":"C1","user":"U1","text":"No water","ts":"1795459799.000100"}}"#,
        words: "No water",
    },
    Vendor {
        name: "twilio",
        secret: "auth_token",
        header: "x-twilio-signature",
        body: "MessageSid=SM1&From=%2B351900000000&To=%2B351200000000&Body=Sem+%C3%A1gua&NumMedia=0&Empty=",
        words: "Sem água",
    },
    Vendor {
        name: "viber",
        secret: "auth_token",
        header: "x-viber-content-signature",
        body: r#"{"event":"message","timestamp":1795459799000,"message_token":4912661846655238145,"sender":{"id":"d==","name":"Dana"},"message":{"type":"text","text":"Água?"}}"#,
        words: "Água?",
    },
    Vendor {
        name: "line",
        secret: "channel_secret",
        header: "x-line-signature",
        body: r#"{"destination":"U0","events":[{"type":"message","replyToken":"r","source":{"type":"user","userId":"U1"},"timestamp":1795459799000,"message":{"id":"325708","type":"text","text":"Água?"}}]}"#,
        words: "Água?",
    },
];

impl Vendor {
    /// What the vendor's library says: a signature; empty when it refuses `given`.
    fn library(&self, body: &str, given: &str) -> String {
        let at = AT.to_string();
        let args = ["-c", SIGNER, self.name, SECRET, &at, URL, body, given];
        run(&tool("python"), &args).trim().to_owned()
    }

    /// The signature: the library's own, or where it only verifies one of ours that
    /// it holds for good.
    fn signature(&self) -> String {
        if self.name != "line" {
            return self.library(self.body, "");
        }
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
        let tag = ring::hmac::sign(&key, self.body.as_bytes());
        let ours = base64::engine::general_purpose::STANDARD.encode(tag);
        assert_eq!(self.library(self.body, &ours), ours);
        assert_eq!(
            self.library(&self.body.replace("325708", "325709"), &ours),
            ""
        );
        ours
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_vendors_own_libraries_sign_is_taken_and_nothing_else() {
    if !wanted("vendors' libraries") {
        return;
    }
    for vendor in &VENDORS {
        let mut config = with_secret(config(vendor.name), vendor.secret, SECRET);
        if vendor.name == "twilio" {
            config.vars.insert("webhook_url".to_owned(), URL.to_owned());
        }
        let door = channel(config, &[]);
        let signature = vendor.signature();
        let of = |body: &str, signature: &str| {
            let form = vendor.name == "twilio";
            let kind = if form {
                "application/x-www-form-urlencoded"
            } else {
                "application/json"
            };
            sent(Bytes::from(body.to_owned()))
                .with("content-type", kind)
                .with("x-slack-request-timestamp", &AT.to_string())
                .with(vendor.header, signature)
                .at(AT + 1)
        };
        let intake = Recorder::default();
        let answer = of(vendor.body, &signature).to(&door, &intake).await;
        assert_eq!(answer.status, 200, "{}: {}", vendor.name, answer.says);
        let kept = intake.kept.lock().unwrap().clone();
        assert_eq!(content(&kept[0]).text.as_evidence(), vendor.words);
        let changed = vendor.body.replace('1', "2");
        let other = signature.replace(['a', 'B', '3', '7'], "c");
        for (body, signature) in [(changed.as_str(), &signature), (vendor.body, &other)] {
            let answer = of(body, signature).to(&door, &intake).await;
            assert_eq!(answer.status, 401, "{}: {}", vendor.name, answer.says);
        }
        assert_eq!(intake.kept.lock().unwrap().len(), 1, "{}", vendor.name);
    }
}
