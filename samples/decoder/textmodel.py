"""The text model of Weerbaarheid.Relay, version 1: reading only, written from FORMAT.md §9. Slow and plain."""
import os
import struct

RESOURCE = os.path.join(os.path.dirname(__file__), "../../src/Weerbaarheid.Relay.Wire/Text/dutch-1.model")
END, ESCAPE, M32, M64 = 0, 1, 2**32 - 1, 2**64 - 1
_model = None


class Model:
    """§9.5 The resource."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data, self.at = file.read(), 0
        magic, count = self.take("I", 2)
        if magic != 0x31545257:
            raise ValueError("not a text model")
        self.units, self.nodes = self.take("H", count), count - 1
        self.tree = self.take("B", 2 * self.nodes)
        self.logistic = self.take("H", 2561)
        self.after = self.take("h", count * self.nodes)
        self.evidence = self.take("h", 7 * 64)
        self.weight = self.take("h", 40 * 9)
        self.node_weight = self.take("h", self.nodes * 9)
        self.buckets = self.take("Q", self.take("I", 1)[0])
        self.symbol = {chr(unit): place for place, unit in enumerate(self.units) if place > ESCAPE}

    def take(self, form, count):
        values = struct.unpack_from(f"<{count}{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{count}{form}")
        return values


class Coder:
    """§9.1 Range coder."""

    def __init__(self, code):
        self.bytes, self.at, self.range = code, 4, M32
        self.code = int.from_bytes(code[:4].ljust(4, b"\0"), "big")

    def bit(self, chance):
        bound = self.range * chance >> 16
        found = self.code < bound
        if found:
            self.range = bound
        else:
            self.code, self.range = self.code - bound, self.range - bound
        while self.range < 2**24:
            byte = self.bytes[self.at] if self.at < len(self.bytes) else 0
            self.range, self.code, self.at = self.range << 8, (self.code << 8 | byte) & M32, self.at + 1
        return int(found)

    def scalar(self):
        """§9.2: the escaped character."""
        size = 0
        for _ in range(5):
            size = size << 1 | self.bit(32768)
        value = 1 if size else 0
        for _ in range(size or 1):
            value = value << 1 | self.bit(32768)
        if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
            raise ValueError("no scalar value")
        return chr(value)


class Context:
    """§9.3 Keys."""

    def __init__(self, model):
        self.model, self.history, self.word, self.last, self.before = model, 0, 0, 0, 0

    def keys(self):
        def mix(value):
            return (value * 0x9E3779B97F4A7C15 & M64) >> 32
        keys = [mix((self.history & (1 << 8 * n) - 1) + (n << 56)) for n in range(2, 7)]
        keys.append(mix((7 << 56) + self.word) if self.word else mix((7 << 56) + ((self.history & 255) << 32) + self.last))
        return keys + [mix((8 << 56) + self.word + (self.last << 20) + (0 if self.word else self.before * 3))]

    def add(self, symbol):
        unit = self.model.units[symbol]
        fold = symbol
        if 65 <= unit <= 90:
            fold = self.model.symbol.get(chr(unit + 32), symbol)
        elif 48 <= unit <= 57:
            fold = self.model.symbol["0"]
        self.history = (self.history << 8 | fold) & M64
        if is_letter(unit):
            self.word = ((self.word + fold) * 0x2C1B3C6D + 1) & M32
        elif self.word:
            self.before, self.last, self.word = self.last, self.word, 0


def is_letter(unit):
    return 65 <= unit <= 90 or 97 <= unit <= 122 or (0xC0 <= unit <= 0xFF and unit not in (0xD7, 0xF7))


def chance(model, keys, node, word, previous):
    """§9.4 Prediction."""
    states = []
    for key in keys:
        h = (key ^ node * 0x9E3779B1 & M32) * 0x85EBCA6B & M32
        h = (h ^ h >> 15) * 0xC2B2AE35 & M32
        bucket = model.buckets[h * len(model.buckets) >> 32]
        slots = (bucket >> 16 * place & 0xFFFF for place in range(4))
        states.append(next((slot & 63 for slot in slots if slot and slot >> 6 == h & 1023), 0))
    length = max((n for n in range(1, 5) if states[n]), default=0)
    chosen = ((length * 2 + bool(states[5])) * 2 + bool(states[6])) * 2 + (word == 0)
    given = [model.evidence[i * 64 + state] for i, state in enumerate(states)]
    given += [model.after[previous * model.nodes + node], 256]
    total = sum((model.weight[chosen * 9 + i] + model.node_weight[node * 9 + i]) * value for i, value in enumerate(given))
    logit = abs(total) >> 12
    p = model.logistic[min(logit, 2560)]
    return 65536 - p if total < 0 and logit else p


def decode(coded):
    """Version | code, as it stands in a bin; ValueError when it is no text."""
    global _model
    if coded[:1] != b"\x01":
        raise ValueError(f"text model {coded[:1].hex()} is not known here")
    model = _model = _model or Model(RESOURCE)
    coder, context, found = Coder(coded[1:]), Context(model), []
    previous, shouting, capital_before = END, False, False
    while len(found) <= 1000:
        node, keys = 0, context.keys()
        while node < 128:
            node = model.tree[2 * node + coder.bit(chance(model, keys, node, context.word, previous))]
        previous = symbol = node - 128
        if symbol == END:
            if coder.at < len(coder.bytes):
                raise ValueError("bytes follow the end of the text")
            return "".join(found)
        character = coder.scalar() if symbol == ESCAPE else chr(model.units[symbol])
        if shouting and symbol != ESCAPE and character.isascii() and character.isalpha():
            character = character.swapcase()
            symbol = model.symbol[character]
        found.append(character)
        context.add(symbol)
        # §9.2: two capitals begin the shouting, a letter that is none ends it.
        capital = "A" <= character <= "Z"
        shouting = (shouting or (capital and capital_before)) if capital or not is_letter(ord(character)) or symbol == ESCAPE else False
        capital_before = capital
    raise ValueError("longer than any text")
