//! The real binary reaches the real hub, with a client certificate, through a
//! real HTTP proxy and a real SOCKS server; and is told what they do else.

use crate::process::{Peer, free_port};
use crate::rig::Rig;
use crate::wanted;

const CERTIFICATE: &str = "ca_file = \"ca.pem\"\nclient_cert = \"me.pem\"\nclient_key = \"me.key\"";

fn configured(url: &str) -> String {
    format!("proxy = \"{url}\"\n{CERTIFICATE}")
}

fn says(report: &serde_json::Value) -> &str {
    report["says"].as_str().expect("a sentence")
}

#[tokio::test]
async fn through_tinyproxy() {
    if !wanted("tinyproxy") {
        return;
    }
    let rig = Rig::new();
    let (port, closed) = (free_port(), free_port());
    let config = rig.files.write(
        "tinyproxy.conf",
        &format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nAllow 127.0.0.1\n\
             BasicAuth ana hush\nConnectPort {}\nConnectPort {closed}\n",
            rig.port
        ),
    );
    let args = ["-d", "-c", config.to_str().expect("a path")].map(ToOwned::to_owned);
    let mut peer = Peer::start("tinyproxy", rig.files.folder(), &args);
    peer.listens(port, rig.files.folder()).await;
    let at = |account: &str| configured(&format!("http://{account}127.0.0.1:{port}"));

    let report = rig.walk_here(&at("ana:hush@"), rig.port);
    assert_eq!(report["officer"], "ana", "{report}");
    let report = rig.walk_here(&at(""), rig.port);
    assert!(
        says(&report).contains("wants a user and password"),
        "{report}"
    );
    let report = rig.walk_here(&at("ana:wrong@"), rig.port);
    assert!(
        says(&report).contains("The proxy http://127.0.0.1"),
        "{report}"
    );
    let report = rig.walk_here(&at("ana:hush@"), closed);
    assert!(says(&report).contains("can't reach localhost"), "{report}");
    let report = rig.walk_here(&at("ana:hush@"), 1);
    assert!(
        says(&report).contains("does not allow connections"),
        "{report}"
    );
}

#[tokio::test]
async fn through_microsocks() {
    if !wanted("microsocks") {
        return;
    }
    let rig = Rig::new();
    let (port, closed) = (free_port(), free_port());
    let args = format!("-i 127.0.0.1 -p {port} -u ana -P hush");
    let args: Vec<String> = args.split(' ').map(ToOwned::to_owned).collect();
    let mut peer = Peer::start("microsocks", rig.files.folder(), &args);
    peer.listens(port, rig.files.folder()).await;
    let at =
        |scheme: &str, account: &str| configured(&format!("{scheme}://{account}127.0.0.1:{port}"));

    for scheme in ["socks5h", "socks5"] {
        let report = rig.walk_here(&at(scheme, "ana:hush@"), rig.port);
        assert_eq!(report["officer"], "ana", "{report}");
    }
    let report = rig.walk_here(&at("socks5h", ""), rig.port);
    assert!(
        says(&report).contains("wants a user and password"),
        "{report}"
    );
    let report = rig.walk_here(&at("socks5h", "ana:wrong@"), rig.port);
    assert!(
        says(&report).contains("does not accept the user"),
        "{report}"
    );
    let report = rig.walk_here(&at("socks5h", "ana:hush@"), closed);
    assert!(says(&report).contains("can't reach localhost"), "{report}");
    // A SOCKS server that is taken for an HTTP proxy.
    let report = rig.walk_here(&at("http", ""), rig.port);
    assert!(
        says(&report).contains("The proxy http://127.0.0.1"),
        "{report}"
    );
}
