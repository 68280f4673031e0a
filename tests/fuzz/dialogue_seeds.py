#!/usr/bin/env python3
"""Turns tests/dialogues into inputs of the fuzz target smtp_session, one file each.

    tests/fuzz/dialogue_seeds.py DIRECTORY

The settings of a dialogue become the nearest the target has; what the client says becomes one piece where the
dialogue waits for no reply, and a cut where it does.
"""
import pathlib
import re
import sys

EVENT = b"\xff"
CUT, PASS, HANG_UP, LITERAL, REPEAT = 0, 2, 3, 7, 10
TLS = {"off": 0, "starttls": 1, "required": 2, "implicit": 3}
LIMIT_BITS = {"command_line": 1, "text_line": 1, "message_size": 2, "header_size": 2, "header_fields": 2,
              "recipients": 4, "refused_recipients": 4, "errors": 4, "idle_commands": 4,
              "message_in_memory": 8, "memory": 16, "data_rate": 32}


def octets(quoted):
    """What stands in the quotes: \\r \\n \\t \\xHH \\\\ \\"."""
    plain = quoted.strip()[1:].rpartition('"')[0].encode("utf-8", "surrogateescape")
    short = {b"r": b"\r", b"n": b"\n", b"t": b"\t"}
    return re.sub(rb"\\(x..|.)", lambda m: bytes([int(m[1][1:], 16)]) if m[1][0:1] == b"x"
                  else short.get(m[1], m[1]), plain)


def event(kind, how=0):
    return EVENT + bytes([kind, how])


def said(plain):
    """As the target reads it; long runs of one octet become an event."""
    text = plain.replace(EVENT, event(LITERAL))
    return re.sub(rb"([^\xff])\1{40,}",
                  lambda run: run[1] * (1 + (len(run[0]) - 1) % 4) + b"".join(
                      event(REPEAT, min(255, left)) for left in range((len(run[0]) - 1) // 4, 0, -255)), text,
                  flags=re.DOTALL)


def seed(dialogue):
    listener, tight, parts, waits = 0, 0, [], False
    for line in dialogue.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        key = re.match(r"config\s+(\S+)\s*=\s*\"?([^\"]*)\"?", line)
        if key:
            name = key[1].split(".")[-1]
            if name == "tls":
                listener |= TLS[key[2]]
            elif name == "bare_newline" and key[2] == "refuse":
                listener |= 4
            elif name == "proxy_from":
                listener |= 8
            elif name == "xclient_from":
                listener |= 16
            tight |= LIMIT_BITS.get(name, 0)
        elif re.match(r"(repeat \d+ )?(C|raw):", line):
            times, kind, what = re.match(r"(?:repeat (\d+) )?(C|raw):(.*)", line).groups()
            if waits and parts:
                parts.append(event(CUT))
            waits = False
            plain = octets(what) if kind == "raw" else what.lstrip(" ").encode("utf-8", "surrogateescape") + b"\r\n"
            parts.append(said(plain * min(int(times or 1), 5000 // len(plain))))
        elif line.startswith("S:"):
            waits = True
        elif line.startswith("time "):
            parts.append(event(PASS, min(255, int(re.search(r"\d+", line)[0]) // 8 + 1)))
        elif line.startswith("hangup"):
            parts.append(event(HANG_UP))
    return bytes([listener, tight, 0, 0]) + b"".join(parts)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if len(sys.argv) == 2 else 2
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    dialogues = sorted((pathlib.Path(__file__).parent.parent / "dialogues").glob("*.smtp"))
    for dialogue in dialogues:
        (target / dialogue.stem).write_bytes(seed(dialogue))
    print(f"{len(dialogues)} inputs in {target}")
    return 0


sys.exit(main())
