"""Statements of MQTT 3.1.1 (OASIS, 29 October 2014)."""
import struct
import time

from suite import Client, Raw, at, case, check, run, start, text, until


def connect_bytes(name, level=4, flags=2, identifier="x", keepalive=60):
    return text(name) + bytes([level, flags]) + struct.pack(">H", keepalive) + text(identifier)


@case(3, "MQTT-3.1.0-1", "a first packet other than CONNECT ends the connection", "bytes")
def first_packet(t):
    with Raw(version=3) as raw:
        raw.send(0xC0)
        raw.ends("PINGREQ as the first packet")


@case(3, "MQTT-3.1.0-2", "a second CONNECT ends the connection", "bytes")
def second_connect(t):
    with Raw(t.name, version=3) as raw:
        raw.send(0x10, connect_bytes("MQTT"))
        raw.ends("a second CONNECT")


@case(3, "MQTT-3.1.2-1", "another protocol name ends the connection", "bytes")
def protocol_name(t):
    with Raw(version=3) as raw:
        raw.send(0x10, connect_bytes("MQTX"))
        raw.ends("protocol MQTX")


@case(3, "MQTT-3.1.2-2", "an unknown protocol level is answered with CONNACK 1", "bytes")
def protocol_level(t):
    with Raw(version=3) as raw:
        raw.send(0x10, connect_bytes("MQTT", level=9))
        reason = raw.ends("protocol level 9")
        check(reason in (1, 0x84), f"CONNACK {reason}")


@case(3, "MQTT-3.1.2-3", "the reserved flag of CONNECT ends the connection", "bytes")
def reserved_flag(t):
    with Raw(version=3) as raw:
        raw.send(0x10, connect_bytes("MQTT", flags=3))
        raw.ends("the reserved flag")


@case(3, "MQTT-3.1.2-4", "clean session 0 resumes what was subscribed; CONNACK says session present (MQTT-3.2.2-2)")
def resume(t):
    first = Client(t.name, 3, clean=False)
    check(not first.present, "a session was present before there was one")
    first.subscribe(t.wire)
    first.leave()
    with Client(t.name, 3, clean=False) as again, Client(t.name + "p", 3) as other:
        check(again.present, "no session present")
        other.publish(t.wire, "na")
        again.hears("na")


@case(3, "MQTT-3.1.2-5", "QoS 1 messages are kept for a client that is away", "mosquitto_sub -c")
def kept(t):
    check(run(*at("mosquitto_sub", "-i", t.name, "-c", "-q", "1", "-t", t.wire, "-E"))[0] == 0, "subscribing failed")
    for i in range(5):
        check(run(*at("mosquitto_pub", "-q", "1", "-t", t.wire, "-m", f"m{i}"))[0] == 0, "publishing failed")
    code, said = run(*at("mosquitto_sub", "-i", t.name, "-c", "-q", "1", "-t", t.wire, "-C", "5", "-W", "8"))
    check(said.split() == [f"m{i}" for i in range(5)], f"exit {code}, heard {said.split()}")


@case(3, "MQTT-3.1.2-6", "clean session 1 discards the session before")
def clean(t):
    first = Client(t.name, 3, clean=False)
    first.subscribe(t.wire)
    first.leave()
    Client(t.name, 3, clean=True).leave()
    with Client(t.name, 3, clean=False) as again, Client(t.name + "p", 3) as other:
        check(not again.present, "the session is still present")
        other.publish(t.wire, "na")
        again.hears_nothing_but()


@case(3, "MQTT-3.1.2-8", "the will is published when the connection breaks")
def will(t):
    with Client(t.name + "l", 3) as listener:
        listener.subscribe(t.kept)
        Client(t.name, 3, will=(t.kept, "weg", 1)).vanish()
        listener.hears("weg")


@case(3, "MQTT-3.1.2-8b", "the will is published when another connection takes over")
def will_takeover(t):
    with Client(t.name + "l", 3) as listener:
        listener.subscribe(t.kept)
        with Raw(version=3) as old:
            old.send(0x10, text("MQTT") + bytes([4, 0x0E]) + struct.pack(">H", 60) + text(t.name) + text(t.kept) + text("over"))
            old.expect(0x20, "CONNECT")
            with Client(t.name, 3):
                listener.hears("over")


@case(3, "MQTT-3.1.2-8c", "the will of a client of Debian is published when it is killed", "mosquitto_sub")
def will_killed(t):
    with Client(t.name + "l", 3) as listener:
        listener.subscribe(t.kept)
        process = start("stdbuf", "-oL", *at("mosquitto_sub", "-i", t.name, "-t", t.kept2, "-q", "1", "--will-topic", t.kept, "--will-payload", "dood", "--will-qos", "1"))
        with Client(t.name + "p", 3) as other:
            other.publish(t.kept2, "hier", retain=True)
        check(process.stdout.readline().strip() == "hier", "the client of Debian does not hear")
        process.kill()
        process.wait()
        listener.hears("dood")


@case(3, "MQTT-3.1.2-10", "DISCONNECT discards the will")
def will_discarded(t):
    with Client(t.name + "l", 3) as listener:
        listener.subscribe(t.kept)
        Client(t.name, 3, will=(t.kept, "weg", 1)).leave()
        listener.hears_nothing_but()


@case(3, "MQTT-3.1.2-17", "a will with retain is retained")
def will_retained(t):
    Client(t.name, 3, will=(t.kept, "weg", 1, True)).vanish()
    with Client(t.name + "l", 3) as listener:
        def heard():
            if not listener.messages:
                listener.subscribe(t.kept)
                time.sleep(0.1)
            return listener.messages
        until(heard, "the retained will")
        check(listener.messages[0].payload == b"weg", "another payload")


@case(3, "MQTT-3.1.2-24", "a client silent for 1.5 times its keep-alive is disconnected", "bytes")
def keepalive(t):
    with Raw(t.name, version=3, keepalive=1) as raw:
        began = time.monotonic()
        raw.ends("1.5 s of silence")
        check(1.3 < time.monotonic() - began, f"after {time.monotonic() - began:.1f} s already")


@case(3, "MQTT-3.1.3-6", "an empty client identifier with clean session 1 is accepted")
def nameless(t):
    with Client("", 3, clean=True) as client:
        check(client.connack[1] == 0, f"CONNACK {client.connack}")


@case(3, "MQTT-3.1.3-8", "an empty client identifier with clean session 0 is answered with CONNACK 2", "bytes")
def nameless_kept(t):
    with Raw(version=3) as raw:
        raw.send(0x10, connect_bytes("MQTT", flags=0, identifier=""))
        check(raw.ends("an empty identifier") == 2, "another answer")


@case(3, "MQTT-3.1.4-2", "a second connection with the same identifier ends the first", "bytes")
def takeover(t):
    with Raw(t.name, version=3) as old, Client(t.name, 3) as new:
        old.ends("being taken over")
        check(new.connack[1] == 0, "the new one was refused")


@case(3, "MQTT-3.1.4-2b", "what was not acknowledged goes to the connection that takes over (MQTT-4.4.0-1)", "bytes")
def takeover_redelivers(t):
    with Raw(t.name, version=3, clean=False) as old, Client(t.name + "p", 3) as other:
        old.subscribe(t.wire)
        for i in range(3):
            other.publish(t.wire, f"m{i}")
        for i in range(3):
            check(old.delivery()[3] == f"m{i}", "another message")
        with Raw(t.name, version=3, clean=False) as new:
            heard = [new.delivery() for _ in range(3)]
            check([one and one[3] for one in heard] == ["m0", "m1", "m2"], f"heard {heard}")


@case(3, "MQTT-3.3.1-1", "DUP is set when a message is delivered again", "bytes")
def duplicate_flag(t):
    first, second = redelivered(t)
    check(not first[0] & 8, "DUP at the first delivery")
    check(second[0] & 8, "no DUP at the second delivery")


@case(3, "MQTT-4.4.0-1", "a message is delivered again with its own packet identifier", "bytes")
def same_identifier(t):
    first, second = redelivered(t)
    check(first[1] == second[1], f"identifier {first[1]}, then {second[1]}")


def redelivered(t):
    """The same message delivered twice, because it was not acknowledged; others before and after it were."""
    with Raw(t.name, version=3, clean=False) as raw, Client(t.name + "p", 3) as other:
        raw.subscribe(t.wire)
        for i in range(4):
            other.publish(t.wire, f"m{i}")
        heard = [raw.delivery() for _ in range(4)]
        for i in (0, 1, 3):
            raw.acknowledge(heard[i][1])
        raw.send(0xC0)
        raw.expect(0xD0, "PINGREQ")
    with Raw(t.name, version=3, clean=False) as raw:
        again = raw.delivery()
        check(again and again[3] == "m2", f"{again} was delivered again")
        return heard[2], again


@case(3, "MQTT-3.3.1-4", "QoS 3 ends the connection", "bytes")
def quality_three(t):
    with Raw(t.name, version=3) as raw:
        raw.publish(t.wire, qos=3)
        raw.ends("QoS 3")


@case(3, "MQTT-3.3.1-6", "a retained message goes to a later subscriber, with RETAIN set (MQTT-3.3.1-8)", "mosquitto_pub, mosquitto_sub")
def retained(t):
    check(run(*at("mosquitto_pub", "-q", "1", "-r", "-t", t.kept, "-m", "hier"))[0] == 0, "publishing failed")
    _, said = run(*at("mosquitto_sub", "-q", "1", "-t", t.kept, "-C", "1", "-W", "8", "-F", "%r %p"))
    check(said.strip() == "1 hier", f"heard {said.strip()!r}")


@case(3, "MQTT-3.3.1-7", "a newer retained message takes the place of the old one")
def retained_replaced(t):
    with Client(t.name, 3) as client:
        client.publish(t.kept, "oud", retain=True)
        client.publish(t.kept, "nieuw", retain=True)
    with Client(t.name + "l", 3) as listener:
        listener.subscribe(t.kept)
        listener.hears_nothing_but("nieuw")


@case(3, "MQTT-3.3.1-9", "RETAIN is not set on what an established subscription gets")
def retain_live(t):
    with Client(t.name + "l", 3) as listener, Client(t.name, 3) as client:
        listener.subscribe(t.kept)
        client.publish(t.kept, "nu", retain=True)
        check(not listener.hears("nu").retain, "RETAIN is set")


@case(3, "MQTT-3.3.1-10", "an empty payload takes the retained message away", "mosquitto_pub -n")
def retained_removed(t):
    with Client(t.name, 3) as client:
        client.publish(t.kept, "oud", retain=True)
    check(run(*at("mosquitto_pub", "-q", "1", "-r", "-n", "-t", t.kept))[0] == 0, "publishing failed")
    with Client(t.name + "l", 3) as listener:
        listener.subscribe(t.kept)
        listener.hears_nothing_but()


@case(3, "MQTT-3.3.2-2", "a wildcard in a topic name ends the connection", "bytes")
def wildcard_publish(t):
    with Raw(t.name, version=3) as raw:
        raw.publish("weerbaarheid/v1/wire/to/+")
        raw.ends("a wildcard in PUBLISH")


@case(3, "MQTT-3.8.1-1", "wrong flags of SUBSCRIBE end the connection", "bytes")
def subscribe_flags(t):
    with Raw(t.name, version=3) as raw:
        raw.send(0x80, struct.pack(">H", 1) + text(t.wire) + b"\x01")
        raw.ends("SUBSCRIBE with flags 0")


@case(3, "MQTT-2.2.2-2", "wrong flags of PINGREQ end the connection", "bytes")
def ping_flags(t):
    with Raw(t.name, version=3) as raw:
        raw.send(0xC4)
        raw.ends("PINGREQ with flags 4")


@case(3, "MQTT-2.3.1-1", "packet identifier 0 in SUBSCRIBE ends the connection", "bytes")
def identifier_zero(t):
    with Raw(t.name, version=3) as raw:
        raw.send(0x82, struct.pack(">H", 0) + text(t.wire) + b"\x01")
        raw.ends("SUBSCRIBE with identifier 0")


@case(3, "MQTT-3.8.3-3", "SUBSCRIBE without a filter ends the connection", "bytes")
def empty_subscribe(t):
    with Raw(t.name, version=3) as raw:
        raw.send(0x82, struct.pack(">H", 1))
        raw.ends("SUBSCRIBE without a filter")


@case(3, "MQTT-3.8.3-4", "reserved bits of the requested QoS end the connection", "bytes")
def reserved_quality(t):
    with Raw(t.name, version=3) as raw:
        raw.send(0x82, struct.pack(">H", 1) + text(t.wire) + b"\x04")
        raw.ends("a requested QoS of 4")


@case(3, "MQTT-3.8.4-3", "the same filter again replaces the subscription and sends retained messages again")
def resubscribe(t):
    with Client(t.name, 3) as client:
        client.publish(t.kept, "r", retain=True)
        client.subscribe(t.kept)
        client.hears("r")
        client.subscribe(t.kept)
        client.hears("r", "r")
        client.publish(t.kept, "s")
        client.hears_nothing_but("r", "r", "s")


@case(3, "MQTT-3.8.4-5", "SUBACK has a code for each filter, in their order (MQTT-3.9.3-1)")
def suback_order(t):
    with Client(t.name, 3) as client:
        codes = client.subscribe([(t.wire, 0), (t.wire2, 1), (t.wire3, 0)])
        check(codes == [0, 1, 0], f"codes {codes}")


@case(3, "MQTT-3.8.4-6", "the QoS of a delivery is the lower of the published and the granted")
def lower_quality(t):
    with Client(t.name, 3) as client, Client(t.name + "p", 3) as other:
        client.subscribe([(t.wire, 1), (t.wire2, 0)])
        other.publish(t.wire, "a", qos=0)
        other.publish(t.wire2, "b", qos=1)
        until(lambda: len(client.messages) == 2, "two messages")
        found = {m.payload.decode(): m.qos for m in client.messages}
        check(found == {"a": 0, "b": 0}, f"delivered with QoS {found}")


@case(3, "MQTT-3.8.4-6b", "what is published with QoS 2 is delivered with QoS 2, or with the lower QoS that SUBACK granted")
def granted_two(t):
    with Client(t.name, 3) as client, Client(t.name + "p", 3) as other:
        granted = client.subscribe(t.wire, 2)[0]
        other.publish(t.wire, "a", qos=2)
        delivered = client.hears("a").qos
        check(delivered == granted, f"granted {granted}, delivered with {delivered}")


@case(3, "MQTT-3.10.4-2", "no new message after UNSUBACK")
def unsubscribe(t):
    with Client(t.name, 3) as client, Client(t.name + "p", 3) as other:
        client.subscribe(t.wire)
        other.publish(t.wire, "voor")
        client.hears("voor")
        client.unsubscribe(t.wire)
        other.publish(t.wire, "na")
        client.hears_nothing_but("voor")


@case(3, "MQTT-3.10.4-5", "UNSUBACK comes also when nothing was subscribed")
def unsubscribe_nothing(t):
    with Client(t.name, 3) as client:
        client.unsubscribe(t.wire, t.wire2)


@case(3, "MQTT-3.12.4-1", "PINGREQ is answered", "bytes")
def ping(t):
    with Raw(t.name, version=3) as raw:
        raw.send(0xC0)
        raw.expect(0xD0, "PINGREQ")


@case(3, "MQTT-4.3.3-2", "QoS 2: the same identifier before PUBREL is the same message", "bytes")
def exactly_once(t):
    with Client(t.name + "l", 3) as listener, Raw(t.name, version=3) as raw:
        listener.subscribe(t.wire, 2)
        raw.publish(t.wire, "een", qos=2, identifier=7)
        raw.expect(0x50, "PUBLISH")
        raw.publish(t.wire, "een", qos=2, identifier=7, flags=8)
        raw.expect(0x50, "PUBLISH again")
        raw.send(0x62, struct.pack(">H", 7))
        raw.expect(0x70, "PUBREL")
        raw.publish(t.wire, "twee", qos=2, identifier=7)
        raw.expect(0x50, "a new PUBLISH")
        raw.send(0x62, struct.pack(">H", 7))
        raw.expect(0x70, "PUBREL")
        listener.hears_nothing_but("een", "twee")


@case(3, "MQTT-4.3.3-2b", "QoS 2: also over a new connection of a kept session", "bytes")
def exactly_once_resumed(t):
    with Client(t.name + "l", 3) as listener:
        listener.subscribe(t.wire, 2)
        with Raw(t.name, version=3, clean=False) as raw:
            raw.publish(t.wire, "een", qos=2, identifier=7)
            raw.expect(0x50, "PUBLISH")
        with Raw(t.name, version=3, clean=False) as raw:
            raw.publish(t.wire, "een", qos=2, identifier=7, flags=8)
            raw.expect(0x50, "PUBLISH again")
            raw.send(0x62, struct.pack(">H", 7))
            raw.expect(0x70, "PUBREL")
        listener.hears_nothing_but("een")


@case(3, "MQTT-4.6.0-6", "messages of one publisher arrive in their order", "mosquitto_pub -l, mosquitto_sub")
def order(t):
    with Client(t.name, 3) as listener:
        listener.subscribe(t.wire)
        sent = [f"m{i}" for i in range(200)]
        check(run(*at("mosquitto_pub", "-q", "1", "-t", t.wire, "-l"), input="\n".join(sent) + "\n")[0] == 0, "publishing failed")
        listener.hears(*sent)


@case(3, "MQTT-4.7.1-3", "+ stands for one level, # for all below (MQTT-4.7.1-2)")
def wildcards(t):
    with Client(t.name, 3) as plus, Client(t.name + "h", 3) as hash_, Client(t.name + "p", 3) as other:
        plus.subscribe(f"weerbaarheid/+/wire/+/{t.site}")
        hash_.subscribe(f"weerbaarheid/v1/node/{t.site}/#")
        other.publish(t.wire, "a")
        other.publish(t.wire2, "b")
        other.publish(t.kept, "c")
        plus.hears_nothing_but("a")
        hash_.hears_nothing_but("c")


@case(3, "MQTT-4.7.1-2", "a filter with a wildcard in a wrong place is refused, or ends the connection", "bytes")
def wrong_filters(t):
    for name in ("a/#/b", "a#", "a+/b", ""):
        with Raw(t.name, version=3) as raw:
            raw.send(0x82, struct.pack(">H", 1) + text(name) + b"\x01")
            first, body = raw.read()
            check(first == 0 or (first == 0x90 and body[-1] == 0x80), f"filter {name!r} was answered with {first:02x} {body.hex()}")


@case(3, "MQTT-4.7.3-2", "a null character in a topic ends the connection (MQTT-1.5.3-2)", "bytes")
def null_character(t):
    with Raw(t.name, version=3) as raw:
        raw.publish(t.wire + "\0")
        raw.ends("a null character in a topic")


@case(3, "MQTT-1.5.3-1", "text that is not UTF-8 ends the connection", "bytes")
def not_utf8(t):
    with Raw(t.name, version=3) as raw:
        raw.send(0x82, struct.pack(">H", 1) + text(b"weerbaarheid/\xc3\x28/\xed\xa0\x80") + b"\x01")
        raw.ends("a filter that is not UTF-8")


@case(3, "MQTT-4.8.0-1", "a packet that only brokers send ends the connection", "bytes")
def broker_packet(t):
    for first in (0xD0, 0x20, 0x90):
        with Raw(t.name, version=3) as raw:
            raw.send(first, b"" if first == 0xD0 else b"\0\1\0")
            raw.ends(f"packet {first:02x}")


@case(3, "MQTT-2.2.3", "a remaining length of five bytes ends the connection", "bytes")
def long_length(t):
    with Raw(t.name, version=3) as raw:
        raw.socket.sendall(b"\x30\xff\xff\xff\xff\x01")
        raw.ends("five bytes of length")
