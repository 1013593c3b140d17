#!/usr/bin/env python3
"""Reads the envelopes and frames of Weerbaarheid.Relay, written from FORMAT.md alone and sharing no code with the product.

  decode.py ORIGIN SEQUENCE ENVELOPE_IN_HEX    prints the message as JSON (demonstration keys)
  decode.py --frame FRAME_IN_HEX               prints what a frame of any form says
  decode.py --check vectors.json               compares every golden vector; exit 1 on any difference

Needs Debian's python3-msgpack and python3-cryptography.
"""
import hashlib
import hmac
import json
import sys
from datetime import datetime, timedelta, timezone

import msgpack
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import textmodel

TYPES = {1: "melding", 2: "hulpvraag", 3: "hulpaanbod", 4: "status", 5: "bulletin", 6: "amend", 7: "heartbeat", 8: "receipt", 9: "sitrap",
         10: "revocation", 11: "rekey"}
CLEAR = {"status", "heartbeat", "receipt", "sitrap"}  # §3: may go without encryption
STATES = CLEAR | {"revocation", "rekey"}  # §3: the other series
SIGNED = {"bulletin", "revocation"}
DOWN = {"receipt", "rekey"}  # §3: with a destination
EXERCISES = ["actueel", "oefening", "test"]
SITE_STATES = ["gesloten", "opstarten", "open", "vol", "ontruimd"]
STOCK = ["water", "food", "firstAid", "fuel", "heat"]
# §10
MELDING = "alarm bezitsaantasting brand dienstverlening gezondheid leefmilieu ongeval veiligheid verkeer".split()
HULP = "medicatie vervoer warmte water zorg opvang stroom contact anders".split()
COMMS = "112 c2000 ncv satelliet dares lora internet".split()
NEEDS = "water food firstAid fuel heat staff power transport medication police".split()


# §5 Keys
def derive(key, purpose, site, epoch):
    info = b"weerbaarheid-relay/1 " + purpose.encode() + b"\0" + site.to_bytes(2, "big") + bytes([epoch])
    return HKDF(hashes.SHA256(), 32, None, info).derive(key)


def demonstration_keys(epoch=0):
    region = hashlib.sha256(b"Weerbaarheid.Relay demonstration region key").digest()
    scalar = hashlib.sha256(b"Weerbaarheid.Relay demonstration authority").digest()
    return region, ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1()).public_key()


# §3 Header, §4 Seal
def open_envelope(envelope, sequence):
    """The header's fields and the body in clear; ValueError when the envelope is not what it says it is."""
    version, mode, epoch = envelope[0] >> 6, envelope[0] >> 4 & 3, envelope[0] & 15
    kind, priority, exercise = TYPES.get(envelope[1] >> 4), (envelope[1] >> 2 & 3) + 1, envelope[1] & 3
    origin, low = int.from_bytes(envelope[2:4], "big"), int.from_bytes(envelope[4:7], "big")
    if version != 1 or kind is None or exercise > 2 or low != sequence % 2**24:
        raise ValueError("a header that does not exist, or of another sequence")
    size = 9 if kind in DOWN else 7
    told = mode == 3  # §3: mode and life stand behind the rest
    if told:
        mode, life = envelope[size], int.from_bytes(envelope[size + 1:size + 4], "big")
        if life != sequence >> 24:
            raise ValueError("a header of another life")
    if mode not in ({1} if kind in SIGNED else {0, 2} if kind in CLEAR else {0}):
        raise ValueError("a mode that this type does not have")
    destination = int.from_bytes(envelope[7:9], "big") if kind in DOWN else 0
    size += 4 if told else 0
    header, rest, wide = envelope[:size], envelope[size:], sequence.to_bytes(8, "big")
    region, authority = demonstration_keys()
    if mode == 1:
        body, proof = rest[:-64], rest[-64:]
        signature = utils.encode_dss_signature(int.from_bytes(proof[:32], "big"), int.from_bytes(proof[32:], "big"))
        authority.verify(signature, b"weerbaarheid-relay/1 signed\0" + wide + header + body, ec.ECDSA(hashes.SHA256()))
    else:
        site, way = (destination, "down") if kind in DOWN else (origin, "up")
        key = derive(derive(region, "site", site, epoch), way, site, epoch)
        nonce = header[2:4] + bytes([kind in STATES]) + destination.to_bytes(2, "big") + wide
        if mode == 2:
            body = rest[:-8]
            if AESCCM(key, tag_length=8).encrypt(nonce, body, header)[-8:] != rest[-8:]:
                raise InvalidTag
        else:
            body = AESCCM(key, tag_length=8).decrypt(nonce, rest, header)
    return {"type": kind, "priority": priority, "exercise": EXERCISES[exercise]}, origin, destination, body


# §9 Text
def text(value):
    return textmodel.decode(value) if isinstance(value, bytes) else value


# §8 Location
def location(value):
    if isinstance(value, bytes):
        code, number = divmod(int.from_bytes(value[:5], "big"), 100000)
        digits, letters = divmod(code, 676)
        place = {"postcode": f"{digits + 1000}{chr(65 + letters // 26)}{chr(65 + letters % 26)}"}
        return place | ({"number": number} if number else {}) | ({"letter": chr(value[5])} if len(value) == 6 else {})
    if isinstance(value, list):
        return {"text": text(value[0])}
    if value < 0:
        return {"site": -1 - value}
    (y, x), scale = (divmod(value - 2**32, 300000), 1) if value >= 2**32 else (divmod(value, 30000), 10)
    return {"rdX": x * scale, "rdY": y * scale}


# §7 Bodies: each field is a name and what makes JSON of its value
def supplies(value):
    levels = ((name, value >> 3 * place & 7) for place, name in enumerate(STOCK))
    return {name: level for name, level in levels if level != 7}


def names(table):
    return lambda bits: [name for place, name in enumerate(table) if bits >> place & 1]


def category(table):
    return lambda code: table[code - 1] if code <= len(table) else code


def moment(seconds):
    return (datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=abs(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")


def pairs(first, second):
    return lambda flat: [{key: value for key, value in zip((first[0], second[0]), (a, None if b is None else second[1](b))) if value is not None}
                         for a, b in zip(flat[::2], flat[1::2])]


def rows(value):
    return [{"open": 0} | fields(ROW, row) for row in value]


def same(value):
    return value


WHERE = [("sentAt", moment), ("category", category(MELDING)), ("location", location), ("text", text)]
HELP = [WHERE[0], ("category", category(HULP)), *WHERE[2:]]
ROW = [("site", same), ("state", SITE_STATES.__getitem__), ("present", same), ("powerHours", same), ("supplies", supplies), ("open", same)]
FIELDS = {
    "melding": [*WHERE, ("victims", same)],
    "hulpvraag": [*HELP, ("people", same)],
    "hulpaanbod": [*HELP, ("quantity", same), ("availableHours", same)],
    "status": [("state", SITE_STATES.__getitem__), ("present", same), ("capacity", same), ("staff", same), ("powerHours", same),
               ("supplies", supplies), ("comms", names(COMMS)), ("needs", names(NEEDS))],
    "bulletin": [WHERE[0], ("number", same), ("validHours", same), ("text", text), ("kind", ["nieuw", "wijziging", "intrekking"].__getitem__),
                 ("replaces", same), ("grip", same)],
    "amend": [WHERE[0], ("forSite", same), ("forSequence", same),
              ("kind", ["aanvulling", "correctie", "intrekking", "afgehandeld", "inBehandeling"].__getitem__), ("text", text)],
    "heartbeat": [("lastRecord", same), ("waiting", same), ("uptimeHours", same),
                  ("closed", pairs(("sequence", same), ("reason", ["vervallen", "afgewezen"].__getitem__))), ("firstWaiting", same), ("asks", same), ("heardOf", same), ("heard", same)],
    "receipt": [("upTo", same), ("bitmap", bytes.hex), ("takenUp", pairs(("sequence", same), ("reference", text))), ("from", same),
                ("check", same), ("reused", same)],
    "sitrap": [("number", same), ("periodMinutes", same), ("grip", same), ("counts", same), ("rows", rows)],
    "revocation": [("serial", same), ("epoch", same), ("oldestEpoch", same), ("revoked", same)],
    "rekey": [("epoch", same)],  # what follows are keys, which are never shown
}

# §7: what a missing field says, where that is not "unknown"
MISSING = {
    "bulletin": {"kind": "nieuw"},
    "heartbeat": {"lastRecord": 0, "waiting": 0, "uptimeHours": 0},
    "receipt": {"upTo": 0},
    "sitrap": {"periodMinutes": 0, "counts": [0, 0, 0, 0], "rows": []},
    "revocation": {"oldestEpoch": 0, "revoked": []},
}


def fields(layout, array):
    return {name: read(value) for (name, read), value in zip(layout, array) if value is not None}


def message(envelope, sequence):
    head, _, destination, body = open_envelope(envelope, sequence)
    array = msgpack.unpackb(body, raw=False)
    told = MISSING.get(head["type"], {}) | fields(FIELDS[head["type"]], array)
    if "sentAt" in told:
        told["clockTrusted"] = array[0] > 0
    if head["type"] == "amend":
        told["for"] = f"{told.pop('forSite')}-{told.pop('forSequence')}"
    if head["type"] in DOWN:
        told["forSite"] = destination
    return head | told, body


# §6 Frames
class Items:
    """What is left of a frame; a value that is cut off is a ValueError."""

    def __init__(self, rest):
        self.rest = rest

    def take(self, size):
        if size > len(self.rest):
            raise ValueError("cut off")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def varint(self):
        value = 0
        for shift in range(0, 70, 7):
            byte = self.number(1)
            value |= (byte & 127) << shift
            if byte < 128 and value < 2**64:
                return value
        raise ValueError("longer than 64 bits")


def bits(bitmap):
    return (place for place in range(8 * len(bitmap)) if bitmap[place // 8] >> place % 8 & 1)


def item(items, epoch, sender, to):
    """One item as a line of text."""
    first = items.number(1)
    kind, flags = first >> 5, first & 31
    if kind == 1:
        age = 0 if flags & 4 else items.varint()
        short = Items(items.take(len(items.rest) if flags & 2 else items.varint()))
        usual, own, home = flags & 1, flags & 16, flags & 8
        if not flags & 25:
            return f"envelope age {age} {short.rest.hex()}"
        whole = (bytes([0x40 | epoch]) if usual else short.take(1)) + short.take(1)
        whole += (sender.to_bytes(2, "big") if own else short.take(2)) + short.take(3)
        return f"envelope age {age} {(whole + (to.to_bytes(2, 'big') if home else b'') + short.rest).hex()}"
    if kind == 2:
        origin, sequence = to if flags & 16 else items.number(2), items.number(3)
        told = [sequence] + [(sequence + 1 + place) % 2**24 for place in bits(items.take(flags & 7))]
        return f"acknowledgement {origin} {'states' if flags & 8 else 'records'} {','.join(map(str, told))}"
    if kind == 3:
        distance, via, period = min(items.number(1), 32), items.number(2), items.varint()
        return f"beacon role {flags & 3} distance {distance} via {via} period {period}{' asks' if flags & 4 else ''}{' ahead' if flags & 8 else ''}"
    if kind == 4:
        name, index, age = items.number(2), items.number(1), items.varint() if flags & 8 else 0
        return f"fragment {name} {index} age {age} {items.take(len(items.rest)).hex()}{' last' if flags & 16 else ''}"
    if kind == 5:
        return f"parts {items.number(2)} missing {items.number(1)} bitmap {items.take(flags).hex()}"
    raise ValueError("no such kind of item")


def frame(given):
    form, addressed, more, epoch = {1: "wide", 2: "narrow", 3: "carried"}[given[0] >> 6], given[0] & 32, given[0] & 16, given[0] & 15
    size = 4 if form == "narrow" else 8
    network = derive(demonstration_keys()[0], "network", 0, epoch)
    if not hmac.compare_digest(hmac.digest(derive(network, "frame", 0, epoch), given[:-size], "sha256")[:size], given[-size:]):
        raise ValueError("not of the network")
    items = Items(given[1:-size])
    sender, to, told = items.number(2), items.number(2) if addressed else None, []
    while items.rest:
        told.append(item(items, epoch, sender, to))
    return {"form": form, "sender": sender, "to": to, "more": bool(more), "items": told}


def crc32c(data):
    value = 2**32 - 1
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 2**32 - 1


def pieces_fit(frames):
    """Whether the pieces of each envelope, put together, have the id that they name it by."""
    pieces = [line.split() for told in frames for line in told["items"] if line.startswith("fragment")]
    wholes = {name: b"".join(bytes.fromhex(piece[5]) for piece in sorted(pieces, key=lambda one: int(one[2])) if piece[1] == name)
              for name in {piece[1] for piece in pieces}}
    return all(crc32c(whole) % 2**16 == int(name) for name, whole in wholes.items())


def attempt(read, *given):
    try:
        return read(*given)
    except (InvalidTag, InvalidSignature, ValueError, KeyError) as problem:
        return repr(problem), b""


def check(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    wrong, frames = [], []
    for vector in vectors["envelopes"]:
        found, body = attempt(message, bytes.fromhex(vector["envelope"]), vector["sequence"])
        if body.hex() != vector["body"] or found != vector["json"]:
            wrong.append((vector["name"], vector["json"], found))
    different = len(wrong)
    for vector in vectors["frames"]:
        expected = {key: value for key, value in vector.items() if key not in ("name", "frame")}
        frames.append(expected)
        found = attempt(frame, bytes.fromhex(vector["frame"]))
        if found != expected:
            wrong.append((vector["name"], expected, found))
    if not pieces_fit(frames):
        wrong.append(("pieces", "the id of their envelope", "another"))
    for name, expected, found in wrong:
        print(f"{name}:\n  expected {expected}\n  found    {found}")
    print(f"{len(vectors['envelopes'])} envelopes, {different} different")
    print(f"{len(frames)} frames, {len(wrong) - different} different")
    return 1 if wrong or not vectors["envelopes"] or not frames else 0


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        sys.exit(check(sys.argv[2]))
    if len(sys.argv) == 3 and sys.argv[1] == "--frame":
        print(json.dumps(frame(bytes.fromhex(sys.argv[2]))))
        sys.exit()
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    envelope = bytes.fromhex(sys.argv[3])
    if int.from_bytes(envelope[2:4], "big") != int(sys.argv[1]):
        sys.exit("the envelope is of another origin")
    print(json.dumps(message(envelope, int(sys.argv[2]))[0], ensure_ascii=False))
