"""Messages as people and programs write them, the same ones each time: what a client must bring over without a change."""

import base64
import random
from dataclasses import dataclass

SENDER = "anna.weber@partner.example"
RECIPIENTS = ("erika@example.com", "max@example.com")  # two, so that there is something to pipeline
LONGEST = 998  # RFC 5321 §4.5.3.1.6, without CRLF
WORDS = "the gateway took note of every word and none of them was lost on the way to where they belong".split()


@dataclass(frozen=True)
class Sample:
    key: str  # the local part of its Message-ID
    octets: bytes  # lines end with CRLF, the last one too unless `open_end`
    open_end: bool = False

    @property
    def closed(self):
        """As it must arrive: SMTP cannot say that the last line has no end."""
        return self.octets + b"\r\n" if self.open_end else self.octets


def text(random_, lines):
    return [" ".join(random_.choices(WORDS, k=random_.randint(1, 12))).encode() for _ in range(lines)]


def eight_bit(random_):
    return [bytes(random_.choice(range(0xA0, 0x100)) if random_.random() < 0.4 else random_.randint(0x20, 0x7E)
                  for _ in range(random_.randint(1, 120))).rstrip() + b"." for _ in range(8)]


def utf_8(random_):
    return ["Grüße aus Köln, 你好, здравствуйте, 🙂 ".encode() + line for line in text(random_, 6)]


def dots(random_):
    lines = [b".", b"..", b"...", b".leading", b". ", b".\t", b"..two", b"middle . dot", b"end."]
    random_.shuffle(lines)
    return lines + [b"."]


def long_lines(random_):
    return [bytes(random_.choices(b"abcdefgh .", k=LONGEST - 1 - less)) + b"x" for less in (0, 1, 2, 3)] + [b"." + b"y" * (LONGEST - 2)]


def blanks(random_):
    return [line + random_.choice([b"", b" ", b"\t", b"  \t "]) for line in text(random_, 5)] + [b"", b" ", b"", b""]


def look_alikes(random_):
    return [b"From someone Mon Jan 12 09:14:03 2026", b">From quoted", b"QUIT", b"RSET", b"MAIL FROM:<evil@a.example>", b"DATA",
            b"Subject: not in the header", b"--", b"-- ", *text(random_, 2)]


def attachment(random_, octets):
    coded = base64.b64encode(random_.randbytes(octets))
    return [b"--edge", b"Content-Type: text/plain; charset=utf-8", b"", *text(random_, 3), b"--edge",
            b'Content-Type: application/octet-stream; name="a.bin"', b"Content-Transfer-Encoding: base64", b"",
            *(coded[at:at + 76] for at in range(0, len(coded), 76)), b"--edge--"]


MULTIPART = b"Content-Type: multipart/mixed; boundary=edge"
KINDS = (
    ("text", lambda r: text(r, 10), ()),
    ("latin-1", eight_bit, (b"Content-Type: text/plain; charset=iso-8859-1", b"Content-Transfer-Encoding: 8bit")),
    ("utf-8", utf_8, (b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit")),
    ("dots", dots, ()),
    ("long-lines", long_lines, ()),
    ("empty", lambda r: [], ()),
    ("blank-lines", blanks, ()),
    ("look-alikes", look_alikes, ()),
    ("attachment", lambda r: attachment(r, r.randint(1, 6000)), (b"MIME-Version: 1.0", MULTIPART)),
    ("long-header", lambda r: text(r, 2), (b"References: " + b"\r\n ".join(b"<%064d@partner.example>" % n for n in range(60)),
                                           b"X-Long: " + b"z" * (LONGEST - 8))),
    ("coded-header", lambda r: text(r, 2), (b"X-Name: =?utf-8?B?R3LDvMOfZQ==?=\r\n =?iso-8859-1?Q?_aus_K=F6ln?=",
                                            b"X-Folded: a\r\n\tb\r\n  c  ", b"X-empty:", b"x-CASE:kept")),
)


def message(random_, key, kind, lines, fields):
    header = [b"From: Anna Weber <" + SENDER.encode() + b">", b"To: " + ", ".join(RECIPIENTS).encode(),
              b"Date: Mon, 12 Jan 2026 09:14:03 +0100", b"Message-ID: <" + key.encode() + b"@partner.example>",
              b"Subject: " + kind.encode() + b" " + b" ".join(text(random_, 1)), *fields]
    return b"\r\n".join([*header, b"", *lines, b""])


def samples(count, *, open_ends):
    """`open_ends`: some lack the end of their last line, for clients that can be given such a message."""
    random_ = random.Random(count)
    made = []
    for n in range(count):
        kind, lines, fields = KINDS[n % len(KINDS)]
        key = f"{n:03}.{kind}"
        octets = message(random_, key, kind, lines(random_), fields)
        opened = open_ends and kind in ("text", "dots", "attachment") and n % 2 == 1
        made.append(Sample(key, octets[:-2] if opened else octets, opened))
    large = message(random_, "large", "large", attachment(random_, 150_000), (b"MIME-Version: 1.0", MULTIPART))
    return [*made[:-1], Sample("large", large)]
