#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Print examples of dtrace's messages: a table's formats, filled in.

usage: diags_lines.py table.tsv

Each line of output is the class of the row, a tab, and a message.  A reason
(errmsg text) is printed behind each prefix whose own %s is a reason.
"""
import re
import sys

CLASSES = ("banner", "fatal", "notice", "record error", "drop")
# A message that ends in a reason; some end in one of the system or in none.
REASON = re.compile(r"%s$")
STRERROR = re.compile(r"failed to open|control thread|invalid pid")


def rows(path):
    with open(path, encoding="utf-8") as f:
        for line in f.read().splitlines()[1:]:
            yield line.split("\t")[:2]


def alternatives(text):
    """'dtrace: a | b' and 'dtrace: a / dtrace-less b' are two messages."""
    parts = re.split(r" [|/] ", text)
    first = parts[0]
    stem = re.match(r"dtrace: (pid %d )?", first)
    return [first] + [(stem.group() if stem else "") + p for p in parts[1:]]


def options(text):
    """With and without what stands in brackets around a conversion."""
    m = re.search(r"\[( [^]%]*%[^]]*)\]", text)
    if m is None:
        return [text]
    rest = options(text[m.end():])
    return [text[:m.start()] + mid + r for mid in ("", m.group(1))
            for r in rest]


def fill(text):
    text = text.replace("\\n", "").replace("rate %s", "rate reduced")
    text = re.sub(r"^%s rate", "dtrace: switch rate", text)
    text = re.sub(r"probe%s$|drop%s(?= |$)", lambda m: m.group()[:-2] + "s",
                  text)
    text = re.sub(r"(?<=[a-z])%s(?=$| \(| in)", "s", text)
    text = re.sub(r"\.\.\.$", "7", text)
    text = re.sub(r"%(ll)?[diu]", "7", text)
    text = re.sub(r"%(ll)?x", "1f", text)
    return text.replace("%c", "m").replace("%s", "who")


def main():
    table = list(rows(sys.argv[1]))
    prefixes = []
    for kind, form in table:
        if kind not in CLASSES:
            continue
        for alt in alternatives(form):
            if kind == "fatal" and REASON.search(alt) and \
                    not STRERROR.search(alt):
                prefixes.append(alt[:-2])
            if not alt.startswith("dtrace: "):
                alt = "dtrace: invalid probe specifier who: " + alt
            for line in options(alt):
                print(kind, fill(line), sep="\t")
    for kind, form in table:
        if kind.startswith("errmsg text"):
            for prefix in prefixes:
                print("errmsg", fill(prefix) + form, sep="\t")


main()
