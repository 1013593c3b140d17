"""Statements of MQTT 5.0 (OASIS, 7 March 2019)."""
import struct
import time

from suite import SILENCE, Client, PacketTypes, Raw, at, case, check, props, run, start, text, until

KEPT = {"SessionExpiryInterval": 600}
KEPT_BYTES = b"\x11" + struct.pack(">I", 600)


@case(5, "MQTT-3.1.2-4", "Clean Start 1 discards the session before")
def clean_start(t):
    first = Client(t.name, clean=False, **KEPT)
    first.subscribe(t.wire)
    first.leave()
    Client(t.name, clean=True, **KEPT).leave()
    with Client(t.name, clean=False, **KEPT) as again, Client(t.name + "p") as other:
        other.publish(t.wire, "na")
        again.hears_nothing_but()


@case(5, "MQTT-3.1.2-5", "Clean Start 0 resumes the session; CONNACK says so (MQTT-3.2.2-3)")
def resume(t):
    first = Client(t.name, clean=False, **KEPT)
    check(not first.present, "a session was present before there was one")
    first.subscribe(t.wire)
    first.leave()
    with Client(t.name + "p") as other:
        other.publish(t.wire, "weg")
        with Client(t.name, clean=False, **KEPT) as again:
            check(again.present, "no session present")
            again.hears("weg")


@case(5, "MQTT-3.1.2-23", "the session is kept when its expiry is more than 0, and not when it is 0")
def session_kept(t):
    Client(t.name, clean=True).leave()
    with Client(t.name, clean=False) as again:
        check(not again.present, "a session of expiry 0 was kept")
    Client(t.name, clean=True, **KEPT).leave()
    with Client(t.name, clean=False) as again:
        check(again.present, "a session of expiry 600 was not kept")


@case(5, "MQTT-4.1.0-2", "the session ends when its expiry has passed")
def session_expires(t):
    client = Client(t.name, SessionExpiryInterval=1)
    client.subscribe(t.wire)
    client.leave()
    time.sleep(1.6)
    with Client(t.name, clean=False) as again:
        check(not again.present, "the session is still there")


@case(5, "3.14.2.2.2a", "an expiry of 0 in DISCONNECT ends the session", "bytes")
def disconnect_expiry_zero(t):
    with Raw(t.name, properties=KEPT_BYTES) as raw:
        raw.subscribe(t.wire)
        raw.send(0xE0, b"\0\x05\x11" + struct.pack(">I", 0))
        raw.ends("DISCONNECT")
    with Client(t.name, clean=False) as again:
        check(not again.present, "the session is still there")


@case(5, "3.14.2.2.2b", "a shorter expiry in DISCONNECT holds")
def disconnect_expiry_shorter(t):
    Client(t.name, **KEPT).leave(SessionExpiryInterval=1)
    with Client(t.name, clean=False, **KEPT) as again:
        check(again.present, "the session is gone at once")
        again.leave(SessionExpiryInterval=1)
    time.sleep(1.6)
    with Client(t.name, clean=False) as again:
        check(not again.present, "the session is still there")


@case(5, "3.14.2.2.2c", "DISCONNECT cannot set an expiry when CONNECT had 0: a protocol error")
def disconnect_expiry_error(t):
    with Raw(t.name) as raw:
        raw.send(0xE0, b"\0\x05\x11" + struct.pack(">I", 60))
        raw.ends("DISCONNECT")
    with Client(t.name, clean=False) as again:
        check(not again.present, "the session is kept")


@case(5, "3.2.2.3.2", "a broker that keeps sessions shorter than asked says so in CONNACK")
def session_capped(t):
    with Client(t.name, SessionExpiryInterval=0xFFFFFFFF) as client:
        said = getattr(client.connack[2], "SessionExpiryInterval", None)
        check(said is None or 0 < said < 0xFFFFFFFF, f"CONNACK says {said}")
    with Client(t.name, clean=False) as again:
        check(again.present, "the session is gone")


@case(5, "MQTT-3.1.2-22", "a client silent for 1.5 times its keep-alive is disconnected", "bytes")
def keepalive(t):
    with Raw(t.name, keepalive=1) as raw:
        began = time.monotonic()
        raw.ends("1.5 s of silence")
        check(1.3 < time.monotonic() - began, f"after {time.monotonic() - began:.1f} s already")


@case(5, "MQTT-3.1.2-24", "what is larger than the client's Maximum Packet Size is not sent, and counts as sent (MQTT-3.1.2-25)")
def maximum_packet(t):
    with Client(t.name, MaximumPacketSize=120, ReceiveMaximum=2) as client, Client(t.name + "p") as other:
        client.subscribe(t.wire)
        for _ in range(4):
            other.publish(t.wire, "x" * 500)
        other.publish(t.wire, "klein")
        client.hears("klein")


@case(5, "MQTT-3.4.2-2", "properties of PUBACK are left out where they exceed the client's Maximum Packet Size (MQTT-3.4.2-3)", "bytes")
def small_puback(t):
    with Raw(t.name, properties=b"\x27" + struct.pack(">I", 12)) as raw:
        raw.publish("weerbaarheid/v1/in/melding", '{"type":"melding","text":"klein"}', identifier=3)
        body = raw.expect(0x40, "PUBLISH")
        check(len(body) + 2 <= 12 and (len(body) == 2 or body[2] < 0x80), f"PUBACK {body.hex()}")
        raw.publish("weerbaarheid/v1/in/melding", '{"type":"melding"}', identifier=4)
        check(len(raw.expect(0x40, "an invalid PUBLISH")) + 2 <= 12, "a PUBACK of more than 12 bytes")


@case(5, "MQTT-3.1.2-29", "without Request Problem Information no reason string is sent", "bytes")
def no_problem_information(t):
    with Raw(t.name, properties=b"\x17\x00") as raw:
        raw.publish("weerbaarheid/v1/in/melding", '{"type":"melding"}')
        body = raw.expect(0x40, "PUBLISH")
        check(len(body) <= 4, f"PUBACK {body.hex()}")


@case(5, "MQTT-3.3.4-9", "no more unacknowledged deliveries than the client's Receive Maximum", "bytes")
def receive_maximum(t):
    with Raw(t.name, properties=b"\x21\x00\x02") as raw, Client(t.name + "p") as other:
        raw.subscribe(t.wire)
        for i in range(5):
            other.publish(t.wire, f"m{i}")
        heard = [raw.delivery(), raw.delivery()]
        check(raw.delivery(SILENCE) is None, "a third delivery before an acknowledgement")
        for i in range(3):
            raw.acknowledge(heard[i][1])
            heard.append(raw.delivery())
        check([one and one[3] for one in heard] == [f"m{i}" for i in range(5)], f"heard {heard}")


@case(5, "MQTT-4.9.0-3", "with nothing acknowledged, other packets are answered all the same", "bytes")
def quota_spent(t):
    with Raw(t.name, properties=b"\x21\x00\x01") as raw, Client(t.name + "p") as other:
        raw.subscribe(t.wire)
        for i in range(3):
            other.publish(t.wire, f"m{i}")
        check(raw.delivery()[3] == "m0", "another delivery")
        raw.send(0xC0)
        raw.expect(0xD0, "PINGREQ")
        check(raw.subscribe(t.wire2, identifier=2) == 1, "SUBSCRIBE was refused")


@case(5, "MQTT-3.1.2-26", "no topic alias is sent to a client that takes none (MQTT-3.1.2-27)")
def no_alias(t):
    with Client(t.name) as client, Client(t.name + "p") as other:
        client.subscribe(t.wire)
        for i in range(3):
            other.publish(t.wire, f"m{i}")
        client.hears("m0", "m1", "m2")
        check(not any(hasattr(m.properties, "TopicAlias") for m in client.messages), "an alias was sent")


def alias(number):
    return b"\x23" + struct.pack(">H", number)


@case(5, "MQTT-3.3.2-7", "an alias of one connection means nothing on the next", "bytes")
def alias_forgotten(t):
    if not accepts_aliases(t):
        return
    with Raw(t.name) as raw:
        raw.publish(t.wire, "a", properties=alias(1))
        raw.expect(0x40, "PUBLISH")
    with Raw(t.name) as raw:
        raw.publish("", "b", properties=alias(1))
        raw.ends("an alias of the connection before")


@case(5, "MQTT-3.3.2-12", "aliases within the broker's Topic Alias Maximum are taken, and can be changed", "bytes")
def alias_resolved(t):
    check(accepts_aliases(t), "CONNACK says that no aliases are taken")
    with Client(t.name + "l") as listener, Raw(t.name) as raw:
        listener.subscribe([(t.wire, 1), (t.wire2, 1)])
        raw.publish(t.wire, "a", properties=alias(1))
        raw.publish("", "b", identifier=2, properties=alias(1))
        raw.publish(t.wire2, "c", identifier=3, properties=alias(1))
        raw.publish("", "d", identifier=4, properties=alias(1))
        listener.hears("a", "b", "c", "d")
        check([m.topic for m in listener.messages] == [t.wire, t.wire, t.wire2, t.wire2], "other topics")


@case(5, "MQTT-3.3.2-8", "alias 0 ends the connection", "bytes")
def alias_zero(t):
    with Raw(t.name) as raw:
        raw.publish(t.wire, properties=alias(0))
        raw.ends("alias 0")


@case(5, "MQTT-3.3.2-9", "an alias above the broker's maximum ends the connection with 0x94", "bytes")
def alias_high(t):
    with Raw(t.name) as raw:
        raw.publish(t.wire, properties=alias(65535))
        check(raw.ends("alias 65535") in (0x94, 0x82, None), "another reason")


@case(5, "3.3.2.3.4", "an alias that nobody set ends the connection", "bytes")
def alias_unknown(t):
    with Raw(t.name) as raw:
        raw.publish("", properties=alias(2))
        raw.ends("an unknown alias")


def accepts_aliases(t):
    with Client(t.name + "a") as client:
        return getattr(client.connack[2], "TopicAliasMaximum", 0) > 0


@case(5, "MQTT-3.3.2-5", "a message whose expiry has passed is not delivered")
def message_expires(t):
    first = Client(t.name, **KEPT)
    first.subscribe(t.wire)
    first.leave()
    with Client(t.name + "p") as other:
        other.publish(t.wire, "kort", MessageExpiryInterval=1)
        other.publish(t.wire, "lang", MessageExpiryInterval=600)
        other.publish(t.wire, "altijd")
    time.sleep(1.6)
    with Client(t.name, clean=False, **KEPT) as again:
        again.hears_nothing_but("lang", "altijd")


@case(5, "MQTT-3.3.2-6", "a delivery carries what remains of the expiry")
def expiry_remains(t):
    first = Client(t.name, **KEPT)
    first.subscribe(t.wire)
    first.leave()
    with Client(t.name + "p") as other:
        other.publish(t.wire, "m", MessageExpiryInterval=600)
    time.sleep(2.2)
    with Client(t.name, clean=False, **KEPT) as again:
        left = getattr(again.hears("m").properties, "MessageExpiryInterval", None)
        check(left is not None and 500 < left <= 598, f"{left} s remain of 600 after 2.2 s")


@case(5, "MQTT-3.3.2-5b", "a retained message whose expiry has passed is not delivered")
def retained_expires(t):
    with Client(t.name + "p") as other:
        other.publish(t.kept, "kort", retain=True, MessageExpiryInterval=1)
        other.publish(t.kept2, "lang", retain=True, MessageExpiryInterval=600)
    time.sleep(1.6)
    with Client(t.name) as client:
        client.subscribe([(t.kept, 1), (t.kept2, 1)])
        client.hears_nothing_but("lang")


@case(5, "MQTT-3.3.2-5c", "the same retained message again begins its expiry anew")
def retained_renewed(t):
    with Client(t.name + "p") as other:
        other.publish(t.kept, "hier", retain=True, MessageExpiryInterval=1)
        other.publish(t.kept, "hier", retain=True, MessageExpiryInterval=600)
    time.sleep(1.6)
    with Client(t.name) as client:
        client.subscribe(t.kept)
        client.hears("hier")


def carried(t, **properties):
    with Client(t.name) as client, Client(t.name + "p") as other:
        client.subscribe(t.wire)
        other.publish(t.wire, "m", **properties)
        return client.hears("m").properties


@case(5, "MQTT-3.3.2-4", "the payload format indicator is passed on")
def payload_format(t):
    check(getattr(carried(t, PayloadFormatIndicator=1), "PayloadFormatIndicator", None) == 1, "it is lost")


@case(5, "MQTT-3.3.2-15", "the response topic is passed on")
def response_topic(t):
    check(getattr(carried(t, ResponseTopic="antwoord/hier"), "ResponseTopic", None) == "antwoord/hier", "it is lost")


@case(5, "MQTT-3.3.2-16", "the correlation data is passed on")
def correlation(t):
    check(getattr(carried(t, CorrelationData=b"\x01\x02"), "CorrelationData", None) == b"\x01\x02", "it is lost")


@case(5, "MQTT-3.3.2-17", "user properties are passed on, in their order (MQTT-3.3.2-18)")
def user_properties(t):
    sent = [("a", "1"), ("b", "2"), ("a", "3")]
    check(getattr(carried(t, UserProperty=sent), "UserProperty", None) == sent, "they are lost or in another order")


@case(5, "MQTT-3.3.2-20", "the content type is passed on")
def content_type(t):
    check(getattr(carried(t, ContentType="tekst/gewoon"), "ContentType", None) == "tekst/gewoon", "it is lost")


@case(5, "MQTT-3.3.2-14", "a response topic with a wildcard ends the connection", "bytes")
def response_wildcard(t):
    with Raw(t.name) as raw:
        raw.publish(t.wire, properties=b"\x08" + text("a/+"))
        raw.ends("a response topic with a wildcard")


@case(5, "4.10", "request and response between a stock client and another", "mosquitto_rr")
def request_response(t):
    with Client(t.name) as responder:
        responder.subscribe(t.wire)
        process = start(*at("mosquitto_rr", "-V", "mqttv5", "-q", "1", "-t", t.wire, "-e", t.wire2, "-m", "vraag", "-W", "10"))
        asked = responder.hears("vraag").properties
        responder.publish(asked.ResponseTopic, "antwoord")
        said, _ = process.communicate(timeout=15)
        check(said.strip() == "antwoord", f"mosquitto_rr said {said.strip()!r}")


@case(5, "MQTT-3.3.4-3", "a delivery carries the subscription identifier")
def subscription_identifier(t):
    with Client(t.name) as client, Client(t.name + "p") as other:
        client.subscribe(t.wire, identifier=17)
        other.publish(t.wire, "m")
        check(getattr(client.hears("m").properties, "SubscriptionIdentifier", None) == [17], "it is missing")


@case(5, "MQTT-3.3.4-4", "overlapping subscriptions: all identifiers are carried, in one copy or in several (MQTT-3.3.4-5)")
def overlapping(t):
    with Client(t.name) as client, Client(t.name + "p") as other:
        client.subscribe(t.wire, identifier=17)
        client.subscribe(f"weerbaarheid/+/wire/to/{t.site}", identifier=18)
        other.publish(t.wire, "m")
        time.sleep(SILENCE)
        found = sorted(i for m in client.messages for i in getattr(m.properties, "SubscriptionIdentifier", []))
        check(found == [17, 18], f"identifiers {found} in {len(client.messages)} copies")


@case(5, "MQTT-3.3.4-3b", "a retained message carries the subscription identifier")
def retained_identifier(t):
    with Client(t.name) as client, Client(t.name + "p") as other:
        other.publish(t.kept, "m", retain=True)
        client.subscribe(t.kept, identifier=19)
        check(getattr(client.hears("m").properties, "SubscriptionIdentifier", None) == [19], "it is missing")


@case(5, "MQTT-3.3.4-6", "a subscription identifier in a client's PUBLISH ends the connection", "bytes")
def identifier_from_client(t):
    with Raw(t.name) as raw:
        raw.publish(t.wire, properties=b"\x0b\x05")
        raw.ends("a subscription identifier in PUBLISH")


@case(5, "3.8.2.1.2", "subscription identifier 0 is a protocol error", "bytes")
def identifier_zero(t):
    with Raw(t.name) as raw:
        raw.send(0x82, b"\0\1" + b"\x02\x0b\x00" + text(t.wire) + b"\1")
        raw.ends("subscription identifier 0")


@case(5, "MQTT-3.8.3-3", "No Local: a client does not get what it published itself; without it, it does")
def no_local(t):
    with Client(t.name) as client, Client(t.name + "p") as other:
        client.subscribe(t.kept, noLocal=True)
        client.subscribe(t.kept2)
        client.publish(t.kept, "zelf")
        client.publish(t.kept2, "ook zelf")
        other.publish(t.kept, "ander")
        until(lambda: len(client.messages) >= 2, "two messages")
        time.sleep(SILENCE)
        check(sorted(client.payloads) == ["ander", "ook zelf"], f"heard {client.payloads}")


@case(5, "MQTT-3.8.3-3b", "without No Local a client hears itself on every topic")
def local_wire(t):
    with Client(t.name) as client:
        client.subscribe(t.wire)
        client.publish(t.wire, "zelf")
        client.hears("zelf")


@case(5, "MQTT-3.3.1-12", "Retain As Published 0 clears RETAIN, 1 keeps it (MQTT-3.3.1-13)")
def retain_as_published(t):
    with Client(t.name) as client, Client(t.name + "k") as keeps, Client(t.name + "p") as other:
        client.subscribe(t.kept)
        keeps.subscribe(t.kept, retainAsPublished=True)
        other.publish(t.kept, "m", retain=True)
        check(not client.hears("m").retain, "RETAIN was kept")
        check(keeps.hears("m").retain, "RETAIN was cleared")


@case(5, "MQTT-3.3.1-9", "Retain Handling 0 sends retained messages at every SUBSCRIBE")
def retain_handling_0(t):
    handling(t, 0, "r", "r")


@case(5, "MQTT-3.3.1-10", "Retain Handling 1 sends them for a new subscription only")
def retain_handling_1(t):
    handling(t, 1, "r")


@case(5, "MQTT-3.3.1-11", "Retain Handling 2 sends none")
def retain_handling_2(t):
    handling(t, 2)


def handling(t, number, *heard):
    with Client(t.name) as client, Client(t.name + "p") as other:
        other.publish(t.kept, "r", retain=True)
        client.subscribe(t.kept, retainHandling=number)
        client.subscribe(t.kept, retainHandling=number)
        client.hears_nothing_but(*heard)


@case(5, "MQTT-3.8.3-4", "No Local on a shared subscription is a protocol error", "bytes")
def shared_no_local(t):
    with Raw(t.name) as raw:
        raw.send(0x82, b"\0\1\0" + text(f"$share/g/{t.wire}") + b"\x05")
        raw.ends("No Local on a shared subscription")


@case(5, "3.2.2.3.13", "CONNACK says that shared subscriptions are available, and they are granted")
def shared_available(t):
    with Client(t.name) as client:
        available = getattr(client.connack[2], "SharedSubscriptionAvailable", 1)
        code = client.subscribe(f"$share/g/{t.wire}")[0]
        check(available == 1 and code < 0x80, f"available {available}, SUBSCRIBE {code:#x}")


@case(5, "3.2.2.3.13b", "what CONNACK says of shared subscriptions is true")
def shared_honest(t):
    with Client(t.name) as client:
        available = getattr(client.connack[2], "SharedSubscriptionAvailable", 1)
        code = client.subscribe(f"$share/g/{t.wire}")[0]
        check((available == 1) == (code < 0x80), f"available {available}, SUBSCRIBE {code:#x}")


@case(5, "4.8.2", "each message goes to one member of the group, and all members get some")
def shared(t):
    with Client(t.name) as one, Client(t.name + "b") as two, Client(t.name + "p") as other, Client(t.name + "c") as plain:
        one.subscribe(f"$share/g/{t.wire}")
        two.subscribe(f"$share/g/{t.wire}")
        plain.subscribe(t.wire)
        sent = [f"m{i:02}" for i in range(20)]
        for payload in sent:
            other.publish(t.wire, payload)
        plain.hears(*sent)
        time.sleep(SILENCE)
        check(sorted(one.payloads + two.payloads) == sent, f"heard {one.payloads} and {two.payloads}")
        check(one.messages and two.messages, "one member got all")


@case(5, "4.8.2b", "a message goes to each group once, and also to the member's own subscription")
def shared_groups(t):
    with Client(t.name) as client, Client(t.name + "b") as two, Client(t.name + "p") as other:
        client.subscribe([(f"$share/g/{t.wire}", 1), (t.wire, 1)])
        two.subscribe(f"$share/h/{t.wire}")
        other.publish(t.wire, "m")
        two.hears("m")
        client.hears_nothing_but("m", "m")


@case(5, "4.8.2c", "a member that leaves the group, or the broker, gets nothing more; the other gets all")
def shared_leaves(t):
    with Client(t.name) as one, Client(t.name + "b") as two, Client(t.name + "p") as other:
        gone = Client(t.name + "d")
        for client in (one, two, gone):
            check(client.subscribe(f"$share/g/{t.wire}")[0] < 0x80, "refused")
        check(two.unsubscribe(f"$share/g/{t.wire}") == [0], "UNSUBSCRIBE failed")
        gone.leave()
        for i in range(6):
            other.publish(t.wire, f"m{i}")
        one.hears(*[f"m{i}" for i in range(6)])
        check(not two.messages and not gone.messages, "somebody else heard something")


@case(5, "MQTT-4.8.2-3", "a shared subscription delivers with the QoS granted to the member, and its identifier")
def shared_quality(t):
    with Client(t.name) as one, Client(t.name + "p") as other:
        check(one.subscribe(f"$share/g/{t.wire}", qos=0, identifier=21) == [0], "not granted with QoS 0")
        other.publish(t.wire, "m", qos=1)
        message = one.hears("m")
        check(message.qos == 0, f"QoS {message.qos}")
        check(getattr(message.properties, "SubscriptionIdentifier", None) == [21], "no identifier")


@case(5, "4.8.2d", "retained messages are not sent for a shared subscription")
def shared_retained(t):
    with Client(t.name) as one, Client(t.name + "p") as other:
        other.publish(t.kept, "r", retain=True)
        check(one.subscribe(f"$share/g/{t.kept}")[0] < 0x80, "refused")
        one.hears_nothing_but()


@case(5, "4.8.2e", "a shared subscription of a session that is away keeps messages when no other member is there")
def shared_away(t):
    one = Client(t.name, **KEPT)
    check(one.subscribe(f"$share/g/{t.wire}")[0] < 0x80, "refused")
    one.leave()
    with Client(t.name + "p") as other:
        other.publish(t.wire, "m")
    with Client(t.name, clean=False, **KEPT) as again:
        again.hears("m")


@case(5, "MQTT-4.8.2-1", "a shared filter without a name, or with a wildcard in it, is refused (MQTT-4.8.2-2)", "bytes")
def shared_names(t):
    for name in (f"$share//{t.wire}", f"$share/a+/{t.wire}", "$share/g", "$share/g/", "$share/#"):
        with Raw(t.name) as raw:
            raw.send(0x82, b"\0\1\0" + text(name) + b"\1")
            first, body = raw.read()
            check(first in (0, 0xE0) or (first == 0x90 and body[-1] >= 0x80), f"{name} was answered with {first:02x} {body.hex()}")


@case(5, "3.9.3", "a filter with a wildcard in a wrong place is refused", "bytes")
def wrong_filters(t):
    for name in ("a/#/b", "a#", "a+/b", ""):
        with Raw(t.name) as raw:
            raw.send(0x82, b"\0\1\0" + text(name) + b"\1")
            first, body = raw.read()
            check(first in (0, 0xE0) or (first == 0x90 and body[-1] >= 0x80), f"filter {name!r} was answered with {first:02x} {body.hex()}")


@case(5, "MQTT-3.8.4-6", "SUBACK has a code for each filter, in their order (MQTT-3.8.4-7)")
def suback_order(t):
    with Client(t.name) as client:
        codes = client.subscribe([(t.wire, 0), (t.wire2, 1), (t.wire3, 0)])
        check(codes == [0, 1, 0], f"codes {codes}")


@case(5, "MQTT-3.8.4-8", "the QoS of a delivery is the lower of the published and the granted")
def lower_quality(t):
    with Client(t.name) as client, Client(t.name + "p") as other:
        granted = dict(zip(("a", "b", "c"), client.subscribe([(t.wire, 1), (t.wire2, 0), (t.wire3, 2)])))
        other.publish(t.wire, "a", qos=0)
        other.publish(t.wire2, "b", qos=1)
        other.publish(t.wire3, "c", qos=2)
        until(lambda: len(client.messages) == 3, "three messages")
        found = {m.payload.decode(): m.qos for m in client.messages}
        check(found == {"a": 0, "b": 0, "c": granted["c"]}, f"granted {granted}, delivered with {found}")


@case(5, "MQTT-3.11.3-1", "UNSUBACK says for each filter, in their order, whether there was a subscription")
def unsuback(t):
    with Client(t.name) as client:
        client.subscribe(t.wire2)
        codes = client.unsubscribe(t.wire, t.wire2)
        check(codes == [0x11, 0], f"codes {codes}")


@case(5, "MQTT-3.1.2-8", "the will is published when the connection breaks, with its properties")
def will(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.kept)
        Client(t.name, will=(t.kept, "weg", 1), will_properties=props(PacketTypes.WILLMESSAGE, ContentType="t/x", UserProperty=[("a", "1")], CorrelationData=b"9")).vanish()
        said = listener.hears("weg").properties
        check((said.ContentType, said.UserProperty, said.CorrelationData) == ("t/x", [("a", "1")], b"9"), f"properties {said}")


@case(5, "MQTT-3.14.4-3", "DISCONNECT with reason 0 discards the will")
def will_discarded(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.kept)
        Client(t.name, will=(t.kept, "weg", 1)).leave()
        listener.hears_nothing_but()


@case(5, "3.14.2.1", "DISCONNECT with reason 4 publishes the will")
def will_wanted(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.kept)
        Client(t.name, will=(t.kept, "weg", 1)).leave(reason=4)
        listener.hears("weg")


def delayed(t, delay, **properties):
    made = props(PacketTypes.WILLMESSAGE, WillDelayInterval=delay)
    return Client(t.name, will=(t.kept, "weg", 1), will_properties=made, **properties)


@case(5, "3.1.3.2.2", "a will waits for its delay")
def will_delay(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.kept)
        delayed(t, 2, **KEPT).vanish()
        listener.hears_nothing_but()
        listener.hears("weg")


@case(5, "MQTT-3.1.3-9", "a will is not published when its session is resumed within the delay")
def will_cancelled(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.kept)
        delayed(t, 2, **KEPT).vanish()
        with Client(t.name, clean=False, **KEPT):
            time.sleep(2.5)
            listener.hears_nothing_but()


@case(5, "MQTT-3.1.2-8b", "a will is published when its session ends before its delay")
def will_session_ends(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.kept)
        delayed(t, 600, SessionExpiryInterval=1).vanish()
        listener.hears("weg")


@case(5, "MQTT-3.1.2-8c", "a will that waits is published when a clean start ends its session")
def will_clean_start(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.kept)
        delayed(t, 600, **KEPT).vanish()
        with Client(t.name, clean=True):
            listener.hears("weg")


@case(5, "MQTT-3.1.4-3", "a second connection with the same identifier ends the first with reason 0x8E", "bytes")
def takeover(t):
    with Raw(t.name) as old, Client(t.name):
        reason = old.ends("being taken over")
        check(reason == 0x8E, f"reason {reason}")


@case(5, "MQTT-3.1.4-3b", "what was not acknowledged goes to the connection that takes over (MQTT-4.4.0-1)", "bytes")
def takeover_redelivers(t):
    with Raw(t.name, properties=KEPT_BYTES) as old, Client(t.name + "p") as other:
        old.subscribe(t.wire)
        for i in range(3):
            other.publish(t.wire, f"m{i}")
        first = [old.delivery() for _ in range(3)]
        with Raw(t.name, clean=False, properties=KEPT_BYTES) as new:
            heard = [new.delivery() for _ in range(3)]
            check([one and one[1:] for one in heard] == [one[1:] for one in first], f"heard {first}, then {heard}")
            check(all(one[0] & 8 for one in heard), "no DUP")


@case(5, "MQTT-3.2.2-16", "an empty client identifier gets one from the broker", "bytes")
def assigned(t):
    with Client("", clean=True) as client:
        check(getattr(client.connack[2], "AssignedClientIdentifier", ""), "none was assigned")


@case(5, "MQTT-4.12.0-1", "an authentication method that the broker lacks is refused with 0x8C", "bytes")
def authentication(t):
    with Raw() as raw:
        raw.send(0x10, text("MQTT") + b"\5\2\0\x3c" + bytes([8]) + b"\x15" + text("SCRAM") + text(t.name))
        check(raw.ends("an authentication method") == 0x8C, "another answer")


@case(5, "3.1.2.11.3", "Receive Maximum 0 is a protocol error", "bytes")
def receive_maximum_zero(t):
    with Raw() as raw:
        raw.send(0x10, text("MQTT") + b"\5\2\0\x3c\3\x21\0\0" + text(t.name))
        check(raw.ends("Receive Maximum 0") != 0, "it was accepted")


@case(5, "3.1.2.11.4", "Maximum Packet Size 0 is a protocol error", "bytes")
def maximum_packet_zero(t):
    with Raw() as raw:
        raw.send(0x10, text("MQTT") + b"\5\2\0\x3c\5\x27\0\0\0\0" + text(t.name))
        check(raw.ends("Maximum Packet Size 0") != 0, "it was accepted")


@case(5, "MQTT-3.1.2-3", "the reserved flag of CONNECT ends the connection", "bytes")
def reserved_flag(t):
    with Raw() as raw:
        raw.send(0x10, text("MQTT") + b"\5\3\0\x3c\0" + text(t.name))
        check(raw.ends("the reserved flag") != 0, "it was accepted")


@case(5, "MQTT-3.8.1-1", "wrong flags of SUBSCRIBE end the connection", "bytes")
def subscribe_flags(t):
    with Raw(t.name) as raw:
        raw.send(0x80, b"\0\1\0" + text(t.wire) + b"\1")
        raw.ends("SUBSCRIBE with flags 0")


@case(5, "MQTT-3.8.3-5", "reserved bits of the subscription options end the connection", "bytes")
def reserved_options(t):
    for options in (0xC1, 0x31, 3):
        with Raw(t.name) as raw:
            raw.send(0x82, b"\0\1\0" + text(t.wire) + bytes([options]))
            raw.ends(f"options {options:02x}")


@case(5, "MQTT-4.3.3-10", "QoS 2: the same identifier before PUBREL is the same message, also over a new connection", "bytes")
def exactly_once(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.wire)
        with Raw(t.name, properties=KEPT_BYTES) as raw:
            for flags in (0, 8):
                raw.publish(t.wire, "een", qos=2, identifier=7, flags=flags)
                raw.expect(0x50, "PUBLISH")
        with Raw(t.name, clean=False, properties=KEPT_BYTES) as raw:
            raw.publish(t.wire, "een", qos=2, identifier=7, flags=8)
            raw.expect(0x50, "PUBLISH again")
            raw.send(0x62, struct.pack(">H", 7))
            raw.expect(0x70, "PUBREL")
        listener.hears_nothing_but("een")


@case(5, "4.3.3", "a message of QoS 2 is handed in by a stock client", "mosquitto_pub -q 2")
def stock_exactly_once(t):
    with Client(t.name + "l") as listener:
        listener.subscribe(t.wire, 2)
        code, said = run(*at("mosquitto_pub", "-V", "mqttv5", "-q", "2", "-t", t.wire, "-m", "een"))
        check(code == 0, said)
        listener.hears_nothing_but("een")


@case(5, "MQTT-4.6.0-6", "messages of one publisher arrive in their order, also for one that takes few at a time")
def order(t):
    with Client(t.name, ReceiveMaximum=3) as listener, Client(t.name + "p") as other:
        listener.subscribe(t.wire)
        sent = [f"m{i}" for i in range(100)]
        for payload in sent:
            other.paho.publish(t.wire, payload, 1)
        listener.hears(*sent)
