//! MQTT 3.1.1 (OASIS): a session that the broker keeps while we are away, `QoS` 1,
//! every message acknowledged only after the hub has kept it.
//!
//! Packets are a library's; the connection is ours.

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::{
    Connect, ConnectReturnCode, Packet, PingReq, PubAck, PubComp, PubRec, Publish, Subscribe,
    SubscribeFilter, SubscribeReasonCode,
};
use rumqttc::mqttbytes::{Error, QoS};
use tokio::time::Instant;

use super::wire::Line;
use super::{LARGE, Message, TOGETHER, Work};
use crate::channels::Intake;
use crate::channels::transport::calls::Failed;
use crate::channels::transport::cursors::Cursors;

/// What has come and is not acknowledged.
#[derive(Default)]
struct Came {
    messages: Vec<Message>,
    acknowledge: BytesMut,
}

impl<I: Intake, C: Cursors> Work<'_, I, C> {
    /// One connection, from its first packet to its end.
    pub(super) async fn mqtt(&self) -> Result<(), Failed> {
        let secure = self.url.scheme() == "mqtts";
        let wire = self.dial(secure, if secure { 8883 } else { 1883 }).await?;
        let mut line = Line::new(wire);
        line.say(&self.connect()).await?;
        let welcome = self.soon(self.packet(&mut line)).await??;
        match welcome {
            Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => {}
            Packet::ConnAck(ack) => return Err(refusal(ack.code).into()),
            _ => {
                return Err("The broker does not welcome us as MQTT has it."
                    .to_owned()
                    .into());
            }
        }
        line.say(&self.subscribe()).await?;
        self.listen(&mut line).await
    }

    async fn listen(&self, line: &mut Line) -> Result<(), Failed> {
        let every = self.source.keep_alive;
        let mut ping_at = Instant::now() + every;
        // Half again, as brokers do it to us.
        let patience = every + every / 2;
        let mut silent_at = Instant::now() + patience;
        loop {
            let packet = tokio::select! {
                packet = self.packet(line) => packet?,
                () = tokio::time::sleep_until(ping_at) => {
                    ping_at = Instant::now() + every;
                    let mut ping = BytesMut::new();
                    PingReq.write(&mut ping).map_err(|e| odd(&e))?;
                    line.say(&ping).await?;
                    continue;
                }
                () = tokio::time::sleep_until(silent_at) => {
                    let says = format!("Nothing came for {} s, not even an answer to a ping.", patience.as_secs());
                    return Err(says.into());
                }
            };
            silent_at = Instant::now() + patience;
            let mut came = Came::default();
            self.take(packet, &mut came)?;
            // What is there already is handed over with it.
            while came.messages.len() < TOGETHER {
                match Packet::read(&mut line.read, self.channel.max_body_bytes()) {
                    Ok(packet) => self.take(packet, &mut came)?,
                    Err(Error::InsufficientBytes(_)) => break,
                    Err(error) => return Err(odd(&error).into()),
                }
            }
            if !came.messages.is_empty() {
                self.hand_over(came.messages).await?;
            }
            if !came.acknowledge.is_empty() {
                line.say(&came.acknowledge).await?;
            }
        }
    }

    fn take(&self, packet: Packet, came: &mut Came) -> Result<(), Failed> {
        let odd = |e: Error| Failed::from(odd(&e));
        match packet {
            Packet::Publish(publish) => {
                let id = publish.pkid;
                match publish.qos {
                    QoS::AtMostOnce => {}
                    QoS::AtLeastOnce => {
                        PubAck::new(id).write(&mut came.acknowledge).map_err(odd)?;
                    }
                    QoS::ExactlyOnce => {
                        PubRec::new(id).write(&mut came.acknowledge).map_err(odd)?;
                    }
                }
                let Publish { topic, payload, .. } = publish;
                came.messages.push(Message { topic, payload });
            }
            Packet::PubRel(release) => {
                PubComp::new(release.pkid)
                    .write(&mut came.acknowledge)
                    .map_err(odd)?;
            }
            Packet::SubAck(ack) => {
                if ack.return_codes.contains(&SubscribeReasonCode::Failure) {
                    let says = "The broker does not allow one of the topics.";
                    return Err(says.to_owned().into());
                }
                self.with.health.up(self.with.clock.now());
            }
            Packet::Disconnect => {
                return Err("The broker closed the connection.".to_owned().into());
            }
            _ => {}
        }
        Ok(())
    }

    /// The next packet; cancelled, it has taken nothing.
    async fn packet(&self, line: &mut Line) -> Result<Packet, Failed> {
        loop {
            match Packet::read(&mut line.read, self.channel.max_body_bytes()) {
                Ok(packet) => return Ok(packet),
                Err(Error::InsufficientBytes(_)) => line.more().await?,
                Err(error) => return Err(odd(&error).into()),
            }
        }
    }

    fn connect(&self) -> BytesMut {
        let mut connect = Connect::new(self.name.as_str());
        connect.clean_session = false;
        let seconds = self.source.keep_alive.as_secs().clamp(1, 65_535);
        connect.keep_alive = u16::try_from(seconds).unwrap_or(u16::MAX);
        // A password without a user is no MQTT 3.1.1 (MQTT-3.1.2-22): then the
        // client's id is the user.
        let user = if self.user.is_empty() {
            &self.name
        } else {
            &self.user
        };
        if !self.user.is_empty() || !self.password.is_empty() {
            connect.set_login(user.as_str(), self.password.as_str());
        }
        let mut bytes = BytesMut::new();
        // Into memory, with a name of ours: there is nothing that could fail.
        drop(connect.write(&mut bytes));
        bytes
    }

    fn subscribe(&self) -> BytesMut {
        let filter = |topic: &String| SubscribeFilter::new(topic.clone(), QoS::AtLeastOnce);
        let mut subscribe = Subscribe::new_many(self.topics.iter().map(filter));
        subscribe.pkid = 1;
        let mut bytes = BytesMut::new();
        drop(subscribe.write(&mut bytes));
        bytes
    }
}

fn odd(error: &Error) -> String {
    match error {
        Error::PayloadSizeLimitExceeded(_) => LARGE.to_owned(),
        _ => "What the broker sends is not MQTT 3.1.1.".to_owned(),
    }
}

fn refusal(code: ConnectReturnCode) -> String {
    match code {
        ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
            "The broker refuses the login; look at the channel's secrets.".to_owned()
        }
        ConnectReturnCode::BadClientId => "The broker does not take this client id.".to_owned(),
        ConnectReturnCode::ServiceUnavailable => "The broker is not available.".to_owned(),
        _ => "The broker does not speak MQTT 3.1.1.".to_owned(),
    }
}
