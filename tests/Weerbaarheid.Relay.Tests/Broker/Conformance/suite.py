"""What the cases of the conformance suite share: the list of cases, clients of paho and mosquitto, and a connection that sends bytes by hand."""
import os
import socket
import struct
import subprocess
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

HOST = "127.0.0.1"
# How long an answer may take on a busy machine, and how long silence must last to be believed (seconds).
PATIENCE = 12.0
SILENCE = 0.7
CASES = []


class Target:
    port = 0


class Failed(Exception):
    """The broker did something else than the statement says."""


def case(version, statement, means, client="paho"):
    """Registers a case: version 3 or 5, the statement's number (with a letter where one number has several cases), its meaning."""
    def register(function):
        CASES.append({"id": f"{version} {statement}", "means": means, "client": client, "run": function, "site": 1000 + 10 * len(CASES)})
        return function
    return register


def check(condition, otherwise):
    if not condition:
        raise Failed(otherwise)


def until(condition, what, limit=PATIENCE):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise Failed(f"not within {limit:.0f} s: {what}")
        time.sleep(0.01)


class Topics:
    """Topics of one case: frames of neighbours (not retained) and presences (retained on request) are what clients may exchange."""

    def __init__(self, site):
        self.site = site
        # Sessions that an earlier run left must not be met again.
        self.name = f"c{site}-{os.getpid()}"
        self.wire = f"weerbaarheid/v1/wire/to/{site}"
        self.wire2 = f"weerbaarheid/v1/wire/to/{site + 1}"
        self.wire3 = f"weerbaarheid/v1/wire/to/{site + 2}"
        self.kept = f"weerbaarheid/v1/node/{site}"
        self.kept2 = f"weerbaarheid/v1/node/{site + 1}"


def props(kind, **values):
    made = Properties(kind)
    for name, value in values.items():
        setattr(made, name, value)
    return made


class Client:
    """paho as it comes, with what it heard noted down."""

    def __init__(self, name, version=5, clean=True, will=None, keepalive=60, connect=True, will_properties=None, **properties):
        self.messages, self.ended, self.answers = [], [], {}
        self.connack = None
        self.version = version
        kind = paho.MQTTv5 if version == 5 else paho.MQTTv311
        self.paho = paho.Client(name, protocol=kind) if version == 5 else paho.Client(name, clean_session=clean, protocol=kind)
        self.paho.on_connect = self._connected
        self.paho.on_message = lambda _, __, message: self.messages.append(message)
        self.paho.on_subscribe = self._answered
        self.paho.on_unsubscribe = self._answered
        self.paho.on_disconnect = lambda *arguments: self.ended.append(arguments[2])
        self.paho.on_publish = lambda _, __, mid: self.answers.setdefault(mid, True)
        if will:
            self.paho.will_set(will[0], will[1], will[2], will[3] if len(will) > 3 else False, will_properties)
        if not connect:
            return
        arguments = {"clean_start": clean, "properties": props(PacketTypes.CONNECT, **properties) if properties else None} if version == 5 else {}
        self.paho.connect(HOST, Target.port, keepalive, **arguments)
        self.paho.loop_start()
        until(lambda: self.connack is not None or self.ended, "CONNACK")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.paho.disconnect()
        self.paho.loop_stop()

    def _connected(self, _, __, flags, reason, properties=None):
        self.connack = (flags["session present"], getattr(reason, "value", reason), properties)

    def _answered(self, _, __, mid, *rest):
        # MQTT 3.1.1 has no codes in UNSUBACK; paho gives the codes and the properties of MQTT 5 in either order.
        codes = next((one for one in rest if not isinstance(one, Properties)), [])
        codes = codes if isinstance(codes, (list, tuple)) else [codes]
        self.answers[mid] = [getattr(code, "value", code) for code in codes]

    @property
    def present(self):
        return self.connack[0]

    @property
    def payloads(self):
        return [message.payload.decode() for message in self.messages]

    def subscribe(self, filters, qos=1, identifier=None, **options):
        properties = props(PacketTypes.SUBSCRIBE, SubscriptionIdentifier=identifier) if identifier else None
        if isinstance(filters, str):
            filters = [(filters, qos)]
        if self.version == 5:
            filters = [(name, SubscribeOptions(qos=quality, **options)) for name, quality in filters]
            _, mid = self.paho.subscribe(filters, properties=properties)
        else:
            _, mid = self.paho.subscribe(filters)
        until(lambda: mid in self.answers, "SUBACK")
        return self.answers[mid]

    def unsubscribe(self, *filters):
        _, mid = self.paho.unsubscribe(list(filters))
        until(lambda: mid in self.answers, "UNSUBACK")
        return self.answers[mid]

    def publish(self, topic, payload="x", qos=1, retain=False, **properties):
        made = props(PacketTypes.PUBLISH, **{k: v for k, v in properties.items()}) if properties else None
        sent = self.paho.publish(topic, payload, qos, retain, made) if self.version == 5 else self.paho.publish(topic, payload, qos, retain)
        if qos:
            until(lambda: sent.mid in self.answers or self.ended, "the acknowledgement of a publication")

    def hears(self, *payloads):
        until(lambda: len(self.messages) >= len(payloads), f"{payloads}; heard {self.payloads}")
        check(self.payloads == list(payloads), f"heard {self.payloads} instead of {list(payloads)}")
        return self.messages[-1] if self.messages else None

    def hears_nothing_but(self, *payloads):
        self.hears(*payloads)
        time.sleep(SILENCE)
        check(self.payloads == list(payloads), f"heard {self.payloads} instead of {list(payloads)}")

    def leave(self, reason=0, **properties):
        if self.version == 5:
            from paho.mqtt.reasoncodes import ReasonCodes
            self.paho.disconnect(ReasonCodes(PacketTypes.DISCONNECT, identifier=reason), props(PacketTypes.DISCONNECT, **properties) if properties else None)
        else:
            self.paho.disconnect()
        until(lambda: self.ended, "the end of the connection")
        self.paho.loop_stop()

    def vanish(self):
        """The connection breaks without a word."""
        self.paho._thread_terminate = True
        self.paho._sock.shutdown(socket.SHUT_RDWR)
        self.paho.loop_stop()


def text(value):
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(raw)) + raw


def packet(first, body):
    length, rest = b"", len(body)
    while True:
        length += bytes([(rest & 0x7F) | (0x80 if rest > 0x7F else 0)])
        rest >>= 7
        if not rest:
            return bytes([first]) + length + body


class Raw:
    """Bytes by hand: for what no library sends, and for acknowledgements that are held back."""

    def __init__(self, name=None, version=5, clean=True, keepalive=60, properties=b""):
        self.version = version
        self.socket = socket.create_connection((HOST, Target.port), PATIENCE)
        self.socket.settimeout(PATIENCE)
        if name is not None:
            self.send(0x10, text("MQTT") + bytes([4 if version == 3 else 5, 2 if clean else 0]) + struct.pack(">H", keepalive) + self.properties(properties) + text(name))
            first, body = self.read()
            check(first == 0x20 and body[1] == 0, f"CONNECT was answered with {first:02x} {body.hex()}")
            self.present = body[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def properties(self, raw=b""):
        return bytes([len(raw)]) + raw if self.version == 5 else b""

    def send(self, first, body=b""):
        try:
            self.socket.sendall(packet(first, body))
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read(self):
        """One packet: first byte and body; (0, b"") at the end of the connection."""
        try:
            first = self.socket.recv(1)
            if not first:
                return 0, b""
            length = shift = 0
            while True:
                digit = self.socket.recv(1)[0]
                length |= (digit & 0x7F) << shift
                shift += 7
                if digit < 0x80:
                    break
            body = b""
            while len(body) < length:
                more = self.socket.recv(length - len(body))
                if not more:
                    return 0, b""
                body += more
            return first[0], body
        except (ConnectionResetError, IndexError):
            return 0, b""

    def expect(self, first, what):
        got, body = self.read()
        check(got == first, f"{what}: got {got:02x} {body[:40].hex()} instead of {first:02x}")
        return body

    def subscribe(self, name, qos=1, identifier=1):
        self.send(0x82, struct.pack(">H", identifier) + self.properties() + text(name) + bytes([qos]))
        body = self.expect(0x90, "SUBSCRIBE")
        return body[-1]

    def publish(self, topic, payload="x", qos=1, identifier=1, flags=0, properties=b""):
        self.send(0x30 | qos << 1 | flags, text(topic) + (struct.pack(">H", identifier) if qos else b"") + self.properties(properties) + payload.encode())

    def delivery(self, within=PATIENCE):
        """The next delivery: first byte, packet identifier, topic, payload (None without one in time)."""
        self.socket.settimeout(within)
        try:
            first, body = self.read()
        except socket.timeout:
            return None
        finally:
            self.socket.settimeout(PATIENCE)
        check(first >> 4 == 3, f"a delivery was expected, {first:02x} {body[:40].hex()} came")
        length = struct.unpack(">H", body[:2])[0]
        topic, rest = body[2:2 + length].decode(), body[2 + length:]
        identifier = 0
        if first & 6:
            identifier, rest = struct.unpack(">H", rest[:2])[0], rest[2:]
        if self.version == 5:
            rest = rest[1 + rest[0]:]
        return first, identifier, topic, rest.decode()

    def acknowledge(self, identifier):
        self.send(0x40, struct.pack(">H", identifier))

    def ends(self, what):
        """The broker closes; MQTT 5 may say why first. Returns the reason of a DISCONNECT or CONNACK, or None."""
        reason = None
        while True:
            try:
                first, body = self.read()
            except socket.timeout:
                raise Failed(f"the connection stays open after {what}") from None
            if first == 0:
                return reason
            if first == 0xE0 and body:
                reason = body[0]
            if first == 0x20:
                reason = body[1]


def run(*command, seconds=PATIENCE, **options):
    """A program of Debian to its end: exit code and output."""
    done = subprocess.run(command, capture_output=True, timeout=seconds + 5, text=True, check=False, **options)
    return done.returncode, done.stdout + done.stderr


def start(*command):
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def at(program, *arguments):
    return (program, "-h", HOST, "-p", str(Target.port), *arguments)
