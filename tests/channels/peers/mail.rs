//! Debian's Dovecot and Exim, both by TLS with an authority of the test's: a
//! citizen's mail is heard by IDLE, the officer's answer goes out by SMTP, and
//! the mail server itself says that they are one thread.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::reply::{Act, Outcome};
use watchfloor::channels::settings::Authorities;
use watchfloor::channels::transport::cursors::InMemory;
use watchfloor::model::content::{Content, Kind};

use super::{Peer, act, folder, free_port, run, start, up, version, wanted};
use crate::authority::Authority;
use crate::support::{Recorder, Task, channel, config, content, with_secret};

/// Both servers, one folder of mail between them.
struct Post {
    /// Dovecot, Exim by TLS, Exim by STARTTLS.
    ports: [u16; 3],
    folder: tempfile::TempDir,
    authority: Authority,
    _peers: [Peer; 2],
}

fn exim(here: &str, [_, smtps, smtp]: [u16; 3]) -> String {
    format!(
        "primary_hostname = mail.city.example
spool_directory = {here}/spool
log_file_path = {here}/spool/%slog
pid_file_path = {here}/spool/exim.pid
keep_environment =
exim_user = Debian-exim
exim_group = Debian-exim
deliver_drop_privilege
tls_advertise_hosts = *
tls_certificate = {here}/cert.pem
tls_privatekey = {here}/key.pem
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {smtps}
tls_on_connect_ports = {smtps}
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
begin acl
rcpt:
  deny message = who are you
       !authenticated = *
  accept local_parts = floor : dana
  deny message = nobody of that name here
begin routers
all:
  driver = accept
  local_parts = floor : dana
  transport = box
begin transports
box:
  driver = appendfile
  maildir_format
  create_directory
  directory = {here}/mail/$local_part_data
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{s3cret}}}}
  server_set_id = $auth2
"
    )
}

fn dovecot(here: &str, [imaps, ..]: [u16; 3]) -> String {
    format!(
        "protocols = imap
base_dir = {here}/run
state_dir = {here}/state
log_path = {here}/dovecot.log
listen = 127.0.0.1
ssl = required
ssl_cert = <{here}/cert.pem
ssl_key = <{here}/key.pem
first_valid_uid = 1
mail_location = maildir:{here}/mail/%n
passdb {{
  driver = static
  args = password=s3cret
}}
userdb {{
  driver = static
  args = uid=Debian-exim gid=Debian-exim home={here}/home/%n
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
"
    )
}

impl Post {
    async fn open() -> Self {
        let folder = folder();
        let path = folder.path();
        let here = path.to_str().unwrap();
        let ports = [free_port(), free_port(), free_port()];
        let authority = Authority::named("Mail test");
        let (cert, key) = authority.signs(&["localhost"], (2025, 2035), 1);
        let files = [
            ("cert.pem", cert),
            ("key.pem", key),
            ("exim.conf", exim(here, ports)),
            ("dovecot.conf", dovecot(here, ports)),
        ];
        for (name, text) in &files {
            std::fs::write(path.join(name), text).unwrap();
        }
        for name in ["spool", "mail", "home"] {
            std::fs::create_dir(path.join(name)).unwrap();
            run(
                "chown",
                &["Debian-exim:Debian-exim", &format!("{here}/{name}")],
            );
        }
        let of = |name: &str| format!("{here}/{name}.conf");
        let imap = start("/usr/sbin/dovecot", &["-F", "-c", &of("dovecot")], ports[0]).await;
        let smtp = start("/usr/sbin/exim4", &["-C", &of("exim"), "-bdf"], ports[1]).await;
        Self {
            ports,
            folder,
            authority,
            _peers: [imap, smtp],
        }
    }

    /// The floor's mailbox; mails leave by `security`.
    fn floor(&self, security: &str) -> Arc<Channel> {
        let [imaps, smtps, smtp] = self.ports.map(|port| port.to_string());
        let smtp = if security == "tls" { smtps } else { smtp };
        let mut config = with_secret(config("email"), "password", "s3cret");
        for (name, value) in [
            ("server", "localhost"),
            ("port", &imaps),
            ("user", "floor"),
            ("smtp_server", "localhost"),
            ("smtp_port", &smtp),
            ("smtp_security", security),
            ("from", "Duty desk <floor@city.example>"),
        ] {
            config.vars.insert(name.to_owned(), value.to_owned());
        }
        config.allow_private = true;
        config.authorities = Authorities::from_pem(self.authority.pem().as_bytes()).unwrap();
        channel(config, &[])
    }

    /// Dana writes to the floor with a program of her own, and keeps a copy.
    fn dana_writes(&self, head: &str, words: &str) {
        let mail = format!(
            "From: Dana <dana@city.example>\r\nTo: floor@city.example\r\nCc: dana@city.example\r\n{head}\r\n{words}\r\n"
        );
        let path = self.folder.path().join("mail.eml");
        std::fs::write(&path, mail).unwrap();
        let url = format!("smtps://localhost:{}", self.ports[1]);
        let ca = self.folder.path().join("ca.pem");
        std::fs::write(&ca, self.authority.pem()).unwrap();
        let args = [
            "--silent",
            "--show-error",
            "--url",
            &url,
            "--user",
            "dana:s3cret",
        ];
        let names = [
            "--mail-from",
            "dana@city.example",
            "--mail-rcpt",
            "floor@city.example",
        ];
        let copy = ["--mail-rcpt", "dana@city.example"];
        let files = [
            "--upload-file",
            path.to_str().unwrap(),
            "--cacert",
            ca.to_str().unwrap(),
        ];
        let all: Vec<&str> = [&args[..], &names, &copy, &files].concat();
        run("curl", &all);
    }

    /// What Dovecot itself says of Dana's mails.
    fn of_dana(&self, field: &str, search: &[&str]) -> String {
        let conf = self.folder.path().join("dovecot.conf");
        let args = ["-c", conf.to_str().unwrap(), "fetch", "-u", "dana", field];
        run(
            "doveadm",
            &[&args[..], &["mailbox", "INBOX"], search].concat(),
        )
    }
}

/// Dana's mailbox as another program sees it.
struct Reader(BufReader<TlsStream<TcpStream>>);

impl Reader {
    async fn dana(post: &Post) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        let pem = post.authority.pem();
        let root = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        roots.add(root).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(("127.0.0.1", post.ports[0]))
            .await
            .unwrap();
        let name = "localhost".try_into().unwrap();
        let tls = TlsConnector::from(Arc::new(config))
            .connect(name, tcp)
            .await
            .unwrap();
        let mut reader = Self(BufReader::new(tls));
        reader.asks("LOGIN dana s3cret").await;
        reader.asks("EXAMINE INBOX").await;
        reader
    }

    async fn asks(&mut self, command: &str) -> String {
        let line = format!("t {command}\r\n");
        self.0.write_all(line.as_bytes()).await.unwrap();
        let mut said = String::new();
        loop {
            let begin = said.len();
            assert!(self.0.read_line(&mut said).await.unwrap() > 0, "{said}");
            let line = said.get(begin..).unwrap_or_default();
            assert!(
                !line.starts_with("t NO") && !line.starts_with("t BAD"),
                "{said}"
            );
            if line.starts_with("t OK") {
                return said;
            }
        }
    }

    /// The threads of the mailbox, by Dovecot (RFC 5256), when it has `count`
    /// mails.
    async fn threads(&mut self, count: usize) -> String {
        for _ in 0..600 {
            self.asks("NOOP").await;
            let all = self.asks("SEARCH ALL").await;
            let found = all.lines().next().unwrap_or("").split(' ').skip(2).count();
            if found >= count {
                return self.asks("THREAD REFERENCES UTF-8 ALL").await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{count} mails never came");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_heard_by_idle_and_its_answer_is_of_its_thread() {
    if !wanted("Dovecot and Exim") {
        return;
    }
    version("/usr/sbin/dovecot", &["--version"]);
    version("/usr/sbin/exim4", &["--version"]);
    let post = Post::open().await;
    let floor = post.floor("tls");
    let task = Task::start(&floor, Recorder::default(), InMemory::default());
    up(&task).await;
    let id = "Message-ID: <first@dana.example>\r\nSubject: No water\r\n";
    post.dana_writes(id, "Since six.");
    let kept = task.intake.first(1).await;
    let first = content(&kept[0]);
    assert_eq!(first.external_id.as_evidence(), "first@dana.example");
    assert_eq!(first.author.handle.as_evidence(), "dana@city.example");

    // The answer, by TLS at once; again by STARTTLS to what she then writes.
    let words = ("0197-a", "A pump stopped.\n\nIt runs again at 18h; até já.");
    let sent = act(&floor, Act::Reply, words, first).await;
    let Outcome::Sent {
        id: Some(answer), ..
    } = &sent
    else {
        panic!("{sent:?}");
    };
    assert_eq!(answer.as_evidence(), "0197-a@city.example");
    let mut dana = Reader::dana(&post).await;
    let threads = dana.threads(2).await;
    assert!(threads.contains("* THREAD (1 2)\r\n"), "{threads}");
    let body = post.of_dana("body", &["header", "message-id", "0197-a@city.example"]);
    let encoded = body.contains("at=C3=A9 j=C3=A1") || body.contains("até já");
    assert!(encoded, "{body}");
    let subject = post.of_dana(
        "hdr.subject",
        &["header", "in-reply-to", "first@dana.example"],
    );
    assert_eq!(subject.trim(), "hdr.subject: Re: No water");

    let id = "Message-ID: <second@dana.example>\r\nSubject: Re: No water\r\nIn-Reply-To: <0197-a@city.example>\r\nReferences: <first@dana.example> <0197-a@city.example>\r\n";
    post.dana_writes(id, "Thanks.");
    let kept = task.intake.first(2).await;
    let second = content(&kept[1]);
    assert_eq!(
        second.thread, first.thread,
        "her answer is of the same thread"
    );
    assert_eq!(second.in_reply_to.as_evidence(), "0197-a@city.example");
    let sent = act(
        &post.floor("starttls"),
        Act::Reply,
        ("0197-b", "Gladly."),
        second,
    )
    .await;
    assert_eq!(sent.word(), "sent", "{sent:?}");
    let threads = dana.threads(4).await;
    assert!(threads.contains("* THREAD (1 2 3 4)\r\n"), "{threads}");

    // Nobody of that name; and no word to a server whose authority is another's.
    let mut stranger = second.clone();
    let to = "nobody@city.example".into();
    stranger.extra.insert("reply_to".to_owned(), to);
    let refused = act(&floor, Act::Reply, ("0197-c", "x"), &stranger).await;
    let says = "refused it (550): nobody of that name here";
    assert!(
        refused.says().is_some_and(|s| s.contains(says)),
        "{refused:?}"
    );
    task.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_of_another_authority_hears_no_password() {
    if !wanted("Dovecot and Exim") {
        return;
    }
    let mut post = Post::open().await;
    post.authority = Authority::named("Somebody else");
    let floor = post.floor("tls");
    let task = Task::start(&floor, Recorder::default(), InMemory::default());
    task.error("signed by an authority that this machine does not trust")
        .await;
    task.stop().await;
    let id = floor.name().clone();
    let mut mail = Content::new(Kind::Mention, id, "first@dana.example".into(), "hi".into());
    let to = "dana@city.example".into();
    mail.extra.insert("reply_to".to_owned(), to);
    for security in ["tls", "starttls"] {
        let outcome = act(&post.floor(security), Act::Reply, ("0197-d", "x"), &mail).await;
        assert_eq!(outcome.word(), "later", "{outcome:?}");
        let says = outcome.says().unwrap();
        assert!(says.contains("does not trust"), "{says}");
    }
    let log = std::fs::read_to_string(post.folder.path().join("spool/mainlog")).unwrap_or_default();
    assert!(!log.contains(" <= "), "{log}");
}
