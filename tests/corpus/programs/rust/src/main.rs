// SPDX-License-Identifier: LGPL-2.1-or-later

//! The network as four crates see it: by libc, by neli, asynchronously, and
//! with packets of one's own.

use futures::TryStreamExt;
use netlink_packet_core::{NetlinkMessage, NetlinkPayload, NLM_F_DUMP, NLM_F_REQUEST};
use netlink_packet_route::{rule::RuleMessage, RouteNetlinkMessage};
use netlink_sys::{protocols::NETLINK_ROUTE, Socket, SocketAddr};

fn if_addrs() {
    for interface in if_addrs::get_if_addrs().unwrap() {
        println!("{} {}", interface.name, interface.ip());
    }
}

fn local_ip() {
    println!("{:?}", local_ip_address::local_ip());
    println!("{:?}", local_ip_address::list_afinet_netifas());
}

async fn tokio() {
    let (connection, handle, _) = rtnetlink::new_connection().unwrap();
    tokio::spawn(connection);
    let links: Vec<_> = handle.link().get().execute().try_collect().await.unwrap();
    let addresses: Vec<_> = handle.address().get().execute().try_collect().await.unwrap();
    let routes: Vec<_> = handle
        .route()
        .get(rtnetlink::IpVersion::V4)
        .execute()
        .try_collect()
        .await
        .unwrap();
    let named: Result<Vec<_>, _> = handle
        .link()
        .get()
        .match_name("nothing".into())
        .execute()
        .try_collect()
        .await;
    println!("{} {} {} {:?}", links.len(), addresses.len(), routes.len(), named.is_ok());
}

fn raw() {
    let mut socket = Socket::new(NETLINK_ROUTE).unwrap();
    socket.bind_auto().unwrap();
    socket.connect(&SocketAddr::new(0, 0)).unwrap();
    let mut request = NetlinkMessage::from(RouteNetlinkMessage::GetRule(RuleMessage::default()));
    request.header.flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.header.sequence_number = 1;
    request.finalize();
    let mut buffer = vec![0; request.buffer_len()];
    request.serialize(&mut buffer);
    socket.send(&buffer, 0).unwrap();
    loop {
        let (datagram, _) = socket.recv_from_full().unwrap();
        let mut rest = &datagram[..];
        while !rest.is_empty() {
            let message = NetlinkMessage::<RouteNetlinkMessage>::deserialize(rest).unwrap();
            if let NetlinkPayload::Done(_) = message.payload {
                return;
            }
            println!("{:?}", message.payload);
            rest = &rest[(message.header.length as usize).min(rest.len())..];
        }
    }
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("if-addrs") => if_addrs(),
        Some("local-ip-address") => local_ip(),
        Some("rtnetlink") => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(tokio()),
        Some("netlink-sys") => raw(),
        _ => panic!("usage: corpus-rust if-addrs|local-ip-address|rtnetlink|netlink-sys"),
    }
}
