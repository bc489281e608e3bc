//! What the two servers have alike: something said, told to whoever reads the
//! stream, on a free port as long as the test runs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use tokio::sync::broadcast;

use crate::stage::PATIENCE;

/// What a server's routes share.
#[derive(Clone)]
pub(super) struct Shared<S> {
    pub(super) said: Arc<Mutex<S>>,
    pub(super) stream: broadcast::Sender<String>,
}

/// A server, while it runs.
pub(super) struct Server {
    pub(super) address: String,
    stream: broadcast::Sender<String>,
}

impl Server {
    pub(super) async fn of<S: Default>(routes: impl FnOnce(Shared<S>) -> Router) -> Self {
        let (stream, _) = broadcast::channel(64);
        let routes = routes(Shared {
            said: Arc::default(),
            stream: stream.clone(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, stream }
    }

    /// Waits until so many read the stream.
    pub(super) async fn readers(&self, wanted: usize) {
        let waits = async {
            while self.stream.receiver_count() < wanted {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waits).await.unwrap();
    }
}
