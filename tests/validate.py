#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""validate.py SCHEMA FILE... - check JSON against a JSON Schema (draft-07).

A file that ends in .jsonl or .norm is checked line by line, any other as one
document.  Prints `file:line: where: why` for each failure.  Exits 0 if there
was none, 1 if there was, 2 if nothing could be checked.
"""
import json
import signal
import sys

try:
    import jsonschema
except ImportError:
    WHY = ("validate.py: python3-jsonschema is missing: "
           "apt-get install python3-jsonschema")
    print(WHY, file=sys.stderr)
    sys.exit(2)

SHOWN = 200  # characters of a reason


def no_duplicates(pairs):
    """An object, unless a key stands in it twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"member '{twice}' stands twice")
    return members


def no_constant(name):
    """NaN and Infinity, which Python would take, are no JSON."""
    raise ValueError(f"{name} is no JSON")


def parse(data):
    return json.loads(data.decode("utf-8"), object_pairs_hook=no_duplicates,
                      parse_constant=no_constant)


def where(path):
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    return text.lstrip(".") or "."


def texts(path):
    """The JSON texts of a file with their line numbers."""
    with open(path, "rb") as file:
        if not path.endswith((".jsonl", ".norm")):
            yield 1, file.read()
            return
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line


def failures(validator, data):
    try:
        value = parse(data)
    except ValueError as why:
        yield ".", str(why)
        return
    for error in validator.iter_errors(value):
        why = error.message
        if len(why) > SHOWN:
            why = why[:SHOWN // 2] + " ... " + why[-SHOWN // 2:]
        yield where(error.absolute_path), why


def check(validator, path):
    """Print the failures of a file and return how many there were."""
    count = 0
    for number, data in texts(path):
        for place, why in failures(validator, data):
            print(f"{path}:{number}: {place}: {why}")
            count += 1
    return count


def load(path):
    with open(path, "rb") as file:
        schema = parse(file.read())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def main(argv):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if len(argv) < 3:
        print("usage: validate.py schema file ...", file=sys.stderr)
        return 2
    try:
        validator = load(argv[1])
        return 1 if sum([check(validator, p) for p in argv[2:]]) > 0 else 0
    except (OSError, ValueError, jsonschema.SchemaError) as why:
        print(f"validate.py: {why}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
