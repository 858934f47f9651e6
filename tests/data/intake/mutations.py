"""Workbooks with something wrong with them, or with nothing that matters; always the same."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from tests.data.intake import hostile

SEED = 20260331


def mutations(count: int, seed: int = SEED) -> Iterator[bytes]:
    """Yield so many workbooks: bits flipped, cut, parts swapped, XML damaged behind the checksum."""
    chance = random.Random(seed)
    rows = [["団体コード", "都道府県", "meaning of the column", "参加市町村数"]]
    rows += [
        [f"{i:02}", f"北海道{i}", "some words that are in no list " * 2, i * 7] for i in range(30)
    ]
    inline = hostile.book(
        hostile.table(rows) + '<mergeCells><mergeCell ref="A40:B40"/></mergeCells>'
    )
    shared = "".join(f"<si><t>words number {i} of the strings</t></si>" for i in range(40))
    cells = hostile.data(
        *(
            hostile.cell(f"A{i}", i - 1, "s") + hostile.cell(f"B{i}", i * 3, style=(0, 1, 7)[i % 3])
            + f'<c r="C{i}"><f>B{i}*2</f><v>{i * 6}</v></c>'
            for i in range(1, 41)
        )
    )  # fmt: skip
    for _ in range(count):
        yield _mutate(chance.choice((inline, hostile.book(cells, shared))), chance)


def _mutate(content: bytes, chance: random.Random) -> bytes:
    kind = chance.choice(
        ("bits", "cut", "insert", "swap", "drop", "damage", "damage", "words", "words")
    )
    raw = bytearray(content)
    at = chance.randrange(len(raw))
    if kind == "bits":
        for _ in range(chance.randrange(1, 12)):
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        return bytes(raw)
    if kind == "cut":
        return bytes(raw[:at])
    if kind == "insert":
        return bytes(raw[:at]) + chance.randbytes(chance.randrange(1, 40)) + bytes(raw[at:])
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    one, other = chance.sample(list(parts), 2)
    if kind == "swap":
        parts[one], parts[other] = parts[other], parts[one]
    elif kind == "drop":
        del parts[one]
    else:
        one = chance.choice((hostile.SHEET, hostile.SHEET, one))
        parts[one] = (
            _damage(parts[one], chance) if kind == "damage" else _reword(parts[one], chance)
        )
    return hostile.pack(parts)


def _damage(body: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(damaged))
        how = chance.randrange(3)
        if how == 0:
            damaged[at] = chance.choice(b"<>&\"'/=0129 -\xff\0AZaz")
        elif how == 1:
            damaged[at] = chance.choice(b"0123456789ABCabc ")
        else:
            again = damaged[chance.randrange(len(damaged)) :][: chance.randrange(1, 60)]
            damaged[at:at] = again
    return bytes(damaged)


def _reword(body: bytes, chance: random.Random) -> bytes:
    """Change letters between the tags only."""
    damaged = bytearray(body)
    runs = [match.span(1) for match in re.finditer(rb">([^<]+)<", body)]
    for start, end in chance.choices(runs, k=chance.randrange(1, 6)) if runs else ():
        damaged[chance.randrange(start, end)] = chance.choice(b"0123456789.-Ee aZ_")
    return bytes(damaged)
