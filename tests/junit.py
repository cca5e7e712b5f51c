#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""junit.py FILE... - check what CI systems ask of JUnit XML.

The elements and attributes are those that Jenkins and others take; totals have
to be those of the test cases; no two cases of a class have the same name.
Prints `file: why` for each failure.  Exits 0 if there was none, 1 if there was.
"""
import sys
import unicodedata
import xml.etree.ElementTree as tree

OUTCOMES = ("failure", "error", "skipped")
# Element: its attributes, those it must have, its children.
GRAMMAR = {
    "testsuites": ("name time tests failures errors", "", "testsuite"),
    "testsuite": ("name tests failures errors skipped",
                  "name tests failures errors",
                  "properties testcase system-out system-err"),
    "testcase": ("name classname time", "name classname",
                 "failure error skipped system-out system-err"),
    "failure": ("type message", "type message", ""),
    "error": ("type message", "type message", ""),
    "skipped": ("type message", "type message", ""),
    "system-out": ("", "", ""),
}


def grammar(element):
    may, must, children = (words.split() for words in GRAMMAR[element.tag])
    for name, value in element.attrib.items():
        if name not in may:
            yield f"{element.tag}: attribute {name}"
        if any(unicodedata.category(char) == "Cc" for char in value):
            yield f"{element.tag}: {name}={value!r}"
    for name in must:
        if not element.get(name):
            yield f"{element.tag}: no {name}"
    for child in element:
        if child.tag not in children or child.tag not in GRAMMAR:
            yield f"{element.tag}: element {child.tag}"
        else:
            yield from grammar(child)


def totals(element):
    """The totals that an element gives are those of its cases."""
    cases = list(element.iter("testcase"))
    counts = {"tests": len(cases)}
    for outcome, name in zip(OUTCOMES, ("failures", "errors", "skipped")):
        counts[name] = sum(case.find(outcome) is not None for case in cases)
    for name, count in counts.items():
        if element.get(name, str(count)) != str(count):
            yield f"{element.tag}: {name} is {element.get(name)}, not {count}"


def cases(suite):
    seen = set()
    for case in suite.iter("testcase"):
        name = case.get("classname"), case.get("name")
        if name in seen:
            yield f"testcase: {name} twice"
        seen.add(name)
        if sum(child.tag in OUTCOMES for child in case) > 1:
            yield f"testcase: {name}: more than one outcome"


def failures(path):
    try:
        root = tree.parse(path).getroot()
    except tree.ParseError as why:
        yield str(why)
        return
    if root.tag != "testsuites":
        yield f"root {root.tag}"
        return
    yield from grammar(root)
    yield from totals(root)
    for suite in root:
        yield from totals(suite)
        yield from cases(suite)


def main(paths):
    bad = [f"{path}: {why}" for path in paths for why in failures(path)]
    print("\n".join(bad), end="\n" if bad else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
