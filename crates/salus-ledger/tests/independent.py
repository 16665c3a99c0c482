"""A second verifier of Salus ledger exports, made from docs/formats.md alone; standard library only.

    python3 independent.py [--vectors DIR] [--vkey KEY]... EXPORT...

One line per export: INTACT, BAD (and the first bad place), or MALFORMED. Without a trusted key: UNVOUCHED.
"""
import base64, binascii, hashlib, hmac, ipaddress, json, re, sys

# ---- Ed25519 (RFC 8032, section 5.1), verification only -------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def x_of(y, sign):
    if y >= P: return None
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P: x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P or (x == 0 and sign): return None
    return P - x if x & 1 != sign else x


def point(b):
    n = int.from_bytes(b, "little")
    y, sign = n & (1 << 255) - 1, n >> 255
    x = x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1: q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519(key, text, signature):
    a, s = point(key), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or s >= L: return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    minus_a = (P - a[0], a[1], 1, P - a[3])
    x, y, z, _ = add(times(s, BASE), times(k, minus_a))
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# ---- hashes and the tree --------------------------------------------------------------------------------------------
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def leaf_of(canonical): return sha(b"\0", canonical)
def head_of(head, leaf): return sha(b"salus-chain-v1", head, leaf)


class Tree:
    def __init__(self): self.size, self.peaks = 0, []

    def append(self, leaf):
        n, self.size = self.size, self.size + 1
        while n & 1: leaf, n = sha(b"\1", self.peaks.pop(), leaf), n >> 1
        self.peaks.append(leaf)

    def root(self):
        if not self.peaks: return sha()
        root = self.peaks[-1]
        for left in self.peaks[-2::-1]: root = sha(b"\1", left, root)
        return root


# ---- deterministic CBOR and the entry -------------------------------------------------------------------------------
class Bad(Exception): pass


def need(yes, why):
    if not yes: raise Bad(why)


def cbor(b, i):
    need(i < len(b), "short")
    major, n, i = b[i] >> 5, b[i] & 31, i + 1
    if n > 23:
        need(n < 28, "indefinite or reserved")
        width = 1 << n - 24
        need(i + width <= len(b), "short")
        n, i = int.from_bytes(b[i:i + width], "big"), i + width
        need(n >= {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}[width], "not the shortest")
    if major == 0: return n, i
    if major == 1: return -1 - n, i
    if major in (2, 3):
        need(i + n <= len(b), "short")
        return (bytes(b[i:i + n]) if major == 2 else b[i:i + n].decode("utf-8")), i + n
    if major == 4:
        items = []
        for _ in range(n):
            item, i = cbor(b, i)
            items.append(item)
        return items, i
    need(major == 5, "a type that entries do not have")
    items, last = {}, -1
    for _ in range(n):
        key, i = cbor(b, i)
        need(type(key) is int and key > last, "keys must ascend")
        items[key], i = cbor(b, i)
        last = key
    return items, i


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORD = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
RELATIONS = {"self", "caregiver", "care-team", "front-desk", "administrator", "privacy-officer", "none"}
is_uuid = lambda v: type(v) is str and UUID.fullmatch(v)
is_word = lambda v: type(v) is str and WORD.fullmatch(v)
is_id = lambda v: type(v) is str and 1 <= len(v.encode()) <= 256
is_u64 = lambda v: type(v) is int and 0 <= v < 1 << 64
is_i64 = lambda v: type(v) is int and -1 << 63 <= v < 1 << 63
is_bytes = lambda v: type(v) is bytes
is_32 = lambda v: is_bytes(v) and len(v) == 32
is_16 = lambda v: is_bytes(v) and len(v) == 16
one_of = lambda s: lambda v: type(v) in (int, str) and v in s
some = lambda each: lambda v: type(v) is list and v and all(map(each, v))
row = lambda v: type(v) is list and len(v) == 4 and is_word(v[0]) and is_id(v[1]) and is_u64(v[2]) and is_32(v[3])
whom = lambda v: type(v) is list and len(v) == 2 and one_of({1, 2})(v[0]) and is_id(v[1])


def is_ip(v):
    try: return type(v) is str and ipaddress.ip_address(v) is not None
    except ValueError: return False


def fields(v, must, may):
    return type(v) is dict and must.keys() <= v.keys() <= must.keys() | may.keys() and \
        all({**must, **may}[key](value) for key, value in v.items())


def is_actor(v):
    return fields(v, {0: one_of({1, 2, 3, 4})}, {1: is_id, 2: some(is_word), 3: whom}) and (v[0] == 4) == (1 not in v)


MUST = {0: one_of({1}), 1: is_uuid, 2: is_uuid, 3: is_u64, 4: is_i64, 5: one_of({1, 2, 3, 4, 5, *range(16, 22)}),
        6: is_16, 7: is_actor, 8: one_of(RELATIONS), 11: is_word, 13: is_word, 14: one_of({1, 2, 3, 4})}
MAY = {9: is_id, 10: some(is_id), 12: lambda v: fields(v, {0: is_word}, {1: is_id}), 15: is_word, 16: is_ip,
       17: is_bytes, 18: is_32, 19: is_u64, 20: some(row), 21: is_bytes, 22: is_u64, 23: is_i64}


def entry_of(canonical):
    need(len(canonical) <= 1 << 20, "too large")
    try: entry, end = cbor(canonical, 0)
    except UnicodeDecodeError: raise Bad("not UTF-8")
    need(end == len(canonical), "something after the end")
    need(fields(entry, MUST, MAY), "not the fields of an entry")
    need((entry[14] == 2) == (15 in entry), "a reason belongs to a refusal")
    need(entry.get(19, -1) < entry[3], "about a later entry")
    need(23 not in entry or entry[5] == 17, "only a purge has a cutoff")
    return entry


# ---- notes ----------------------------------------------------------------------------------------------------------
def b64(text):
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text, "another spelling of base64")
    return raw


def hash64(text):
    raw = b64(text)
    need(len(raw) == 32, "not a hash")
    return raw


def key_of(vkey):
    name, key_id, raw = vkey.split("+", 2)
    raw = b64(raw)
    need(raw[0] == 1 and sha(name.encode(), b"\n", raw)[:4].hex() == key_id, "not a vkey")
    return name, raw[1:]


def note_text(note, keys):
    text, signatures = note.rsplit("\n\n", 1)
    text, known = text + "\n", False
    for line in signatures.rstrip("\n").split("\n"):
        dash, name, signature = line.split(" ")
        signature = b64(signature)
        need(dash == "—", "not a signature line")
        for key_name, key in keys:
            if name == key_name and signature[:4] == sha(name.encode(), b"\n\1", key)[:4]:
                need(ed25519(key, text.encode(), signature[4:]), "bad signature")
                known = True
    need(known or not keys, "no trusted key has signed")
    return text


def number(text):
    need(str(int(text)) == text, "another spelling of a number")
    return int(text)


def checkpoint_of(text, clinic):
    origin, size, root, time, head, end = text.split("\n")
    salus, whose, chain = origin.split("/")
    need((salus, whose, end) == ("salus", clinic, "") and is_uuid(chain), "not this clinic's checkpoint")
    need(time.startswith("time ") and head.startswith("head "), "extension lines")
    return chain, number(size), hash64(root), hash64(head[5:]), number(time[5:]), number(time[5:])


def manifest_of(text, clinic):
    title, whose, n, previous, time, *chains, end = text.split("\n")
    need((title, whose, end) == ("salus manifest v1", "clinic " + clinic, ""), "not this clinic's manifest")
    need(n.startswith("number ") and previous.startswith("previous ") and time.startswith("time "), "lines")
    states = []
    for line in chains:
        word, chain, size, root, head = line.split(" ")
        need(word == "chain" and is_uuid(chain), "not a chain line")
        states.append((chain, number(size), hash64(root), hash64(head), number(time[5:]), None))
    need(all(a[0] < b[0] for a, b in zip(states, states[1:])), "chains must ascend")
    return number(n[7:]), hash64(previous[9:]), states


# ---- the export -----------------------------------------------------------------------------------------------------
SHAPES = {"header": {"type", "format", "clinic", "vkeys"}, "manifest": {"type", "note"}, "checkpoint": {"type", "note"},
          "entry": {"type", "chain", "seq", "canonical", "leaf", "head"},
          "purged": {"type", "chain", "seq", "recorded", "leaf", "head"},
          "end": {"type", "manifests", "checkpoints", "entries"}}


def verify(path, keys):
    """Returns (chain, seq, why) of what is wrong, the worst first; raises Bad when the file is no export."""
    chains_bad, ledger_bad, claims = [], [], {}
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.endswith("\n")]
    head = lines.pop(0)
    need(head.get("type") == "header" and head.get("format") == "salus-ledger-export-v1", "not an export")
    clinic, counts, order = head["clinic"], {"manifest": 0, "checkpoint": 0, "entry": 0}, []
    need(all(line.keys() == SHAPES.get(line.get("type")) for line in [head, *lines]), "other members")
    end = lines.pop() if lines and lines[-1]["type"] == "end" else None
    expected, previous, listed = 0, bytes(32), {}
    rows = {}
    for line in lines:
        kind = line["type"]
        sort = "entry" if kind == "purged" else kind
        need(sort in counts, "unknown line")
        counts[sort] += 1
        order.append(list(counts).index(sort))
        if sort == "entry":
            rows.setdefault(line["chain"], []).append(line)
            continue
        try:
            text = note_text(line["note"], keys)
            if kind == "checkpoint":
                states = [checkpoint_of(text, clinic)]
            else:
                n, before, states = manifest_of(text, clinic)
                if (n, before) != (expected, previous): ledger_bad.append("manifest missing or another one")
                now = {state[0]: state[1] for state in states}
                for chain, size in listed.items():
                    if now.get(chain, -1) < size: chains_bad.append((chain, now.get(chain), "gone from a manifest"))
                expected, previous, listed = n + 1, sha(text.encode()), now
            for chain, *claim in states: claims.setdefault(chain, []).append(claim)
        except (Bad, ValueError, binascii.Error) as error:
            ledger_bad.append(f"note: {error}")
    need(order == sorted(order), "wrong order")
    if end is None or (end["manifests"], end["checkpoints"], end["entries"]) != tuple(counts.values()):
        ledger_bad.append("cut off")
    reach, emptied = None, []
    for chain, stored in rows.items():
        check = Chain(claims.pop(chain, []))
        fault = check.fault(clinic, chain, stored)
        if fault: chains_bad.append((chain, *fault))
        emptied.append((chain, check))
        for seq, cutoff, recorded in check.purges:
            # Signed when? The first claim that covers it, of those with which the chain agreed.
            signed = [time for size, time in check.agreements if size > seq]
            if keys and not signed or not keys and fault and seq >= fault[0]: continue
            if keys: recorded = min(recorded, signed[0] + TOLERANCE)
            if recorded - SIX_YEARS >= cutoff: reach = cutoff if reach is None else max(reach, cutoff)
    for chain, check in emptied:
        bad = [seq for seq, recorded in check.purged
               if reach is None or recorded >= reach or check.not_before(seq) - TOLERANCE >= reach]
        if bad + check.holes: chains_bad.append((chain, min(bad + check.holes), "emptied"))
    for chain, left in claims.items():
        if any(size for size, *_ in left): chains_bad.append((chain, 0, "missing"))
    return sorted(chains_bad, key=lambda bad: (bad[0], -1 if bad[1] is None else bad[1])), ledger_bad


TOLERANCE, SIX_YEARS = 2_000_000, 2192 * 86_400 * 1_000_000


class Chain:
    def __init__(self, claims):
        self.claims, self.agreements, self.stamps = claims, [], []
        self.purges, self.purged, self.holes = [], [], []

    def not_before(self, seq):
        """When the chain was signed without this row: the row is not older."""
        return max((made for size, made in self.stamps if size <= seq), default=-1 << 63)

    def fault(self, clinic, chain, stored):
        tree, head, agreed = Tree(), bytes(32), 0
        for line in stored:
            leaf, entry = hash64(line["leaf"]), None
            if line["seq"] != tree.size: return min(line["seq"], tree.size), "number"
            if line["type"] == "purged":
                need(is_i64(line["recorded"]), "recorded")
            else:
                canonical = b64(line["canonical"])
                if leaf != leaf_of(canonical): return tree.size, "leaf"
                try: entry = entry_of(canonical)
                except Bad as error: return tree.size, str(error)
                if (entry[1], entry[2], entry[3]) != (clinic, chain, tree.size): return tree.size, "another place"
            head = head_of(head, leaf)
            if head != hash64(line["head"]): return tree.size, "head"
            if entry is None and len(self.purged) == tree.size: self.purged.append((tree.size, line["recorded"]))
            elif entry is None: self.holes.append(tree.size)
            elif 23 in entry: self.purges.append((tree.size, entry[23], entry[4]))
            tree.append(leaf)
            here = [claim for claim in self.claims if claim[0] == tree.size]
            if any((root, of) != (tree.root(), head) for _, root, of, *_ in here): return agreed, "rewritten"
            if here:
                agreed = tree.size
                self.agreements.append((agreed, min(time for *_, time, _ in here)))
                self.stamps += [(agreed, made) for *_, made in here if made is not None]
        if any(claim[0] > tree.size for claim in self.claims): return tree.size, "shorter than signed"


def say(path, keys):
    try: chains_bad, ledger_bad = verify(path, keys)
    except (Bad, ValueError, KeyError, IndexError, TypeError, AttributeError): return "MALFORMED"
    if chains_bad:
        chain, seq, _ = chains_bad[0]
        return f"BAD {chain} {seq}" if seq is not None else "BAD"
    return "BAD" if ledger_bad else "INTACT" if keys else "UNVOUCHED"


# ---- published vectors ----------------------------------------------------------------------------------------------
def vectors(folder):
    load = lambda name: json.load(open(f"{folder}/{name}", encoding="utf-8"))
    for name in ("entries.json", "purge.json"):
        head = bytes(32)
        for vector in load(name):
            canonical = bytes.fromhex(vector["canonical"])
            head = head_of(head, leaf_of(canonical))
            need(entry_of(canonical)[3] == vector["seq"], "seq")
            need((leaf_of(canonical).hex(), head.hex()) == (vector["leaf"], vector["head"]), "entry")
    part = lambda raw: len(raw).to_bytes(8, "big") + raw
    rows = load("rows.json")
    for vector in rows["rows"]:
        columns = sorted((name.encode(), bytes.fromhex(value)) for name, value in vector["columns"])
        parts = [b"salus-row-v1", vector["table"].encode(), vector["id"].encode(),
                 int(vector["version"]).to_bytes(8, "big"), len(columns).to_bytes(8, "big"), *sum(columns, ())]
        digest = hmac.new(bytes.fromhex(rows["key"]), b"".join(map(part, parts)), "sha256")
        need(digest.hexdigest() == vector["digest"], "row")
    tree, notes = Tree(), load("notes.json")
    for leaf in load("tree.json")["leaves"]: tree.append(bytes.fromhex(leaf))
    need(tree.root().hex() == load("tree.json")["root"], "root")
    need((tree.size.to_bytes(8, "big") + b"".join(tree.peaks)).hex() == load("tree.json")["frontier"], "frontier")
    keys = [key_of(notes["vkey"])]
    for name in ("checkpoint", "first manifest", "second manifest"): note_text(notes[name], keys)
    for name in ("export.ndjson", "purged.ndjson"): need(say(f"{folder}/{name}", keys) == "INTACT", name)


def main(arguments):
    keys, paths, worst = [], [], 0
    while arguments:
        argument = arguments.pop(0)
        if argument == "--vkey": keys.append(key_of(arguments.pop(0)))
        elif argument == "--vectors":
            vectors(arguments.pop(0))
            print("vectors: INTACT")
        else: paths.append(argument)
    for path in paths:
        verdict = say(path, keys)
        worst |= verdict != "INTACT"
        print(f"{path}: {verdict}")
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
