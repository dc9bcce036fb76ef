"""Check that the licence of each package that we run on fits the EUPL-1.2: run by `make lint`.

Reads what the installed packages say of themselves; asks nobody.
"""

import importlib.metadata
import re
import sys
from email.message import Message
from pathlib import Path

BASE = Path(__file__).parents[1]
PINS = "requirements.txt", "requirements-local.txt"
# A work under the EUPL may stand on these. Of the GPL none: version 2 alone does not go with the
# Apache-2.0 of others, and we would have to hand the whole on under it.
FIT = set(
    "0BSD Apache-2.0 BSD BSD-2-Clause BSD-3-Clause CC0-1.0 ISC LGPL MIT MIT-0 MIT-CMU MPL-2.0 "
    "OFL-1.1 PSF-2.0 Zlib".split()
)
MEANS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# Read by a person, where what a package says of itself is no licence.
READ = {"qrcode": "BSD-3-Clause"}  # what it calls proprietary is the licence of the first code


def pinned_names(texts: list[str]) -> list[str]:
    """List the packages that files of pins name."""
    return sorted({name for text in texts for name in re.findall(r"^([\w.-]+)==", text, re.M)})


def licence_of(name: str, about: Message | importlib.metadata.PackageMetadata) -> str:
    """Return what a package says of its licence, as an expression of the names above."""
    if name in READ:
        return READ[name]
    if expressions := about.get_all("License-Expression"):
        return expressions[0]
    lines = about.get_all("Classifier", [])
    kinds = {line.rpartition(" :: ")[2] for line in lines if line.startswith("License :: ")}
    if named := sorted(kinds - {"OSI Approved"}):
        return " AND ".join(MEANS.get(kind, kind) for kind in named)
    said = " ".join(about.get_all("License", [])).strip()
    return (said or "unknown").splitlines()[0]


def is_fit(expression: str) -> bool:
    """True where at least one of the choices of an expression has only licences that fit.

    >>> is_fit("Apache-2.0 OR GPL-2.0-only"), is_fit("MIT AND GPL-2.0-only"), is_fit("GPL-2.0")
    (True, False, False)
    """
    choices = re.split(r"\s+OR\s+", expression.replace("(", "").replace(")", ""))
    return any(all(part in FIT for part in re.split(r"\s+AND\s+", choice)) for choice in choices)


def find_unfit(names: list[str]) -> list[str]:
    """List the packages whose licence does not fit, with it, of those that this machine has."""
    found = []
    for name in names:
        try:
            expression = licence_of(name, importlib.metadata.metadata(name))
        except importlib.metadata.PackageNotFoundError:
            continue
        if not is_fit(expression):
            found.append(f"{name}: {expression}")
    return found


if __name__ == "__main__":
    unfit = find_unfit(pinned_names([(BASE / name).read_text() for name in PINS]))
    for line in unfit:
        print(f"{line} does not go with the EUPL-1.2, or is not known (docs/check_licences.py)")
    sys.exit(1 if unfit else 0)
