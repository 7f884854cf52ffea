"""Check values.yaml against the schema of the zero-to-jupyterhub chart.

    python deploy/kubernetes/check_values.py SCHEMA [VALUES]

SCHEMA is `values.schema.yaml` of the chart's repository, or `values.schema.json` of the packaged
chart. The chart's own `values.yaml` must lie beside it: what is checked is both together, as Helm
does.
"""

import argparse
import sys
from pathlib import Path

import yaml
from jsonschema import Draft7Validator

VALUES = Path(__file__).with_name("values.yaml")


def main(arguments):
    """Print what is wrong; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("schema", type=Path, help="values.schema.yaml or .json of the chart")
    parser.add_argument("values", type=Path, nargs="?", default=VALUES)
    chosen = parser.parse_args(arguments)
    schema, values = chosen.schema, chosen.values
    whole = merged(read(schema.with_name("values.yaml")), read(values))
    found = problems(whole, read(schema))
    for problem in found:
        print(f"{values}: {problem}")
    print(f"{values}: {len(found) or 'no'} fault{'s' if len(found) != 1 else ''}.")
    return 1 if found else 0


def read(file):
    """Return what a YAML or JSON file says."""
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SystemExit(f"{file} cannot be read: {error.strerror}. Check the path.") from error
    except yaml.YAMLError as error:
        raise SystemExit(f"{file} is no YAML: {error}. Mend that line.") from error
    if not isinstance(told, dict):
        raise SystemExit(f"{file} holds no keys. Check that it is the file that you mean.")
    return told


def merged(defaults, values):
    """Return the chart's values with ours in their place; a null of ours removes a key."""
    whole = dict(defaults)
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(whole.get(key), dict):
            whole[key] = merged(whole[key], value)
        elif value is None:
            whole.pop(key, None)
        else:
            whole[key] = value
    return whole


def problems(values, schema):
    """Return a line for each fault: where, what, and what to do."""
    faults = Draft7Validator(schema).iter_errors(values)
    return [line(fault) for fault in sorted(faults, key=lambda fault: fault.json_path)]


def line(fault):
    """Say one fault."""
    mends = {
        "additionalProperties": "Correct the name, or move it to where the chart has it.",
        "type": "Write a value of that type; quotes make a text of a number.",
        "required": "Add it.",
        "enum": "Choose one of these.",
    }
    mend = mends.get(fault.validator, "See the chart's configuration reference.")
    return f"{fault.json_path}: {fault.message}. {mend}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
