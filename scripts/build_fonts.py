"""Where do the fonts on our pages come from, and how are they cut (Webフォントの作成)?

Takes the Japanese face out of Noto Sans CJK as packaged by Debian and cuts it into two slices per
weight: "basic" (kana, signs, JIS level 1 kanji) and "rest" (level 2 and vendors' extra kanji).
A browser fetches "rest" only for a page that shows such a character.

    python scripts/build_fonts.py [--package FILE.deb] [--out static/fonts] [--toml FILE] [--check]

--package  the Debian package, already fetched (closed network); otherwise ``apt-get download``
--toml     also write the block for .streamlit/config.toml to this file; it is always printed
--check    write nothing; exit 1 when the files on disk differ from what would be written

Needs fonttools and brotli (the test group has them); the running dashboard needs neither. The
bytes depend on their versions: written with fonttools 4.68.0 and brotli 1.2.1.
Source and terms: data/sources/noto_sans_jp/source.toml.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[1]

PACKAGE = "fonts-noto-cjk"
PACKAGE_VERSION = "1:20220127+repack1-1"
PACKAGE_SHA256 = "4a2515eb6db3978b897fef9709ed0d2b1f4c6c4df4d83d6c4ef65f71f1b1f502"
LICENCE_MEMBER = "./usr/share/doc/fonts-noto-cjk/copyright"
FONT_MEMBERS = {
    400: "./usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    700: "./usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
}
FACE = "Noto Sans CJK JP"  # the collection also holds Korean and Chinese forms of the same kanji
FAMILY = "Noto Sans JP"

# Level 2 kanji that the bundled texts use (names of places and practices): worth having at once.
LEVEL2_IN_USE = "乖參實廣應枡條檜檮竈籠罹耆藏蘂諫鰺"
# 常用漢字 that the 2010 revision took from outside level 1; all others of the 2,136 are in it.
JOYO_OUTSIDE_LEVEL1 = "曖彙鬱楷諧毀嗅惧憬錮傲刹恣摯𠮟羞箋踪緻嘲塡貪丼剝訃璧哺頰喩瘍拉辣慄籠"

# Blocks of signs of which "basic" takes whatever the font has.
SIGN_BLOCKS = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00FF),  # Latin-1: × ÷ ± °
    (0x2010, 0x203E),  # dashes, quotes, … ‥ ※
    (0x2070, 0x209C),  # superscript and subscript digits
    (0x2150, 0x2189),  # fractions, Ⅰ Ⅱ Ⅲ
    (0x2190, 0x21FF),  # arrows
    (0x2460, 0x24FF),  # ① ②
    (0x25A0, 0x25FF),  # ● ○ ◐ △ ■
    (0x2776, 0x277F),  # ❶ ❷
    (0x3000, 0x30FF),  # punctuation, kana
    (0x31F0, 0x31FF),  # small katakana
    (0xFF01, 0xFF9F),  # full-width Latin, half-width kana
)
SIGNS = "€№℡℃Å≠≈≡≤≥≦≧∞∴∵√☆★☎♪♭♯✓⚠㋿㍿㎡㎢㎥㏄㈱㈲㍻㍼㍽㍾"
# The pages draw with these; a font without one of them must not pass unnoticed.
REQUIRED = (
    "●○◐◎△▲▼◆◇■□☆★※→←↑↓⇒⇄✓×÷±≥≤≦≧…‥―～〜〃々〆「」『』【】〔〕（）"
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ㎢㎡℃％"
)

# kern, ligatures and composed marks; halt lets the browser close up doubled punctuation.
FEATURES = ["ccmp", "kern", "liga", "halt"]
# Of the font's own names keep copyright, family, style, version, licence and its address.
NAME_IDS = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
ENGLISH = 0x409

# "rest" is declared first and "basic", over everything, after it: of overlapping faces a browser
# asks the later one first, and the earlier one only for characters the later one lacks. Listing
# each slice's characters exactly would do the same, but Streamlit sends this block to the browser
# at every rerun, and the exact lists are 82 kB.
SLICE_RANGES = {"rest": "U+3400-9FFF,U+F900-FAFF", "basic": ""}


def decode_rows(codec: str, rows: range) -> set[int]:
    """Which code points do these rows of a two-byte EUC-style code table stand for?"""
    found = set()
    for row in rows:
        for cell in range(1, 95):
            text = bytes([row + 0xA0, cell + 0xA0]).decode(codec, errors="ignore")
            found.update(map(ord, text))
    return found


def decode_cp932() -> set[int]:
    """Which code points does the Japanese Windows code page know (with 髙, 﨑, Ⅰ, ㈱)?"""
    found = set()
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for trail in range(0x40, 0xFD):
            text = bytes([lead, trail]).decode("cp932", errors="ignore")
            if len(text) == 1:
                found.add(ord(text))
    # The code page ends in room for users' own characters, which no font can know.
    return {point for point in found if not 0xE000 <= point <= 0xF8FF}


def is_kanji(point: int) -> bool:
    return 0x3400 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF


def choose_characters(available: set[int]) -> dict[str, set[int]]:
    """Which code points go into which slice (basic, rest)?

    ``available``: what the font has. Raises ValueError when it lacks JIS kanji, kana or one of
    the signs the pages draw with.
    """
    level1 = decode_rows("euc_jp", range(16, 48))
    level2 = decode_rows("euc_jp", range(48, 85))
    windows = decode_cp932()
    signs = {point for first, last in SIGN_BLOCKS for point in range(first, last + 1)}
    signs |= set(map(ord, SIGNS)) | decode_rows("euc_jp", range(1, 9))
    signs |= {point for point in windows if not is_kanji(point)}
    needed = level1 | level2 | decode_rows("euc_jp", range(4, 6))
    needed |= set(map(ord, REQUIRED + JOYO_OUTSIDE_LEVEL1))
    if missing := needed - available:
        raise ValueError(f"the font lacks {''.join(map(chr, sorted(missing)))}")
    basic = level1 | signs | set(map(ord, LEVEL2_IN_USE + JOYO_OUTSIDE_LEVEL1))
    rest = (level2 | windows) - basic
    return {"rest": rest & available, "basic": basic & available}


def read_package(package: Path) -> dict[str, bytes]:
    """The font collections and the licence in a Debian package, by member path.

    Reads the ``ar`` container itself, so it also works where there is no dpkg. Raises ValueError
    on a package other than the one named above.
    """
    raw = package.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != PACKAGE_SHA256:
        raise ValueError(f"{package.name}: SHA-256 is {found}, expected {PACKAGE_SHA256}")
    position = len(b"!<arch>\n")
    while position < len(raw):
        header = raw[position : position + 60]
        name, size = header[:16].decode().strip().rstrip("/"), int(header[48:58])
        position += 60
        if name.startswith("data.tar"):
            wanted = {LICENCE_MEMBER, *FONT_MEMBERS.values()}
            with tarfile.open(fileobj=io.BytesIO(raw[position : position + size])) as tar:
                return {m.name: tar.extractfile(m).read() for m in tar if m.name in wanted}
        position += size + size % 2
    raise ValueError(f"{package.name}: no data.tar inside")


def open_face(collection: bytes) -> TTFont:
    """The Japanese face of a font collection."""
    for font in TTCollection(io.BytesIO(collection), lazy=True).fonts:
        if font["name"].getDebugName(4).removesuffix(" Bold") == FACE:
            return font
    raise ValueError(f"no face {FACE} in the collection")


def cut_slice(collection: bytes, points: set[int]) -> bytes:
    """The WOFF2 file of one face with only these code points."""
    font = open_face(collection)
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.name_IDs = NAME_IDS
    options.name_languages = [ENGLISH]
    # Unhinted like the web fonts of the same family; shorter after compression when desubroutined.
    options.hinting = False
    options.desubroutinize = True
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]  # for vertical text only
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    font.recalcTimestamp = False  # otherwise every run would give other bytes
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def write_licence(copyright_file: bytes, fonts_notice: str) -> str:
    """The licence as plain text, out of the package's machine-readable copyright file."""
    lines = copyright_file.decode("utf-8").splitlines()
    holder = next(
        following.removeprefix("Copyright: ")
        for line, following in zip(lines, lines[1:], strict=False)
        if line == "Files: *"
    )
    start = lines.index("License: SIL-1.1", lines.index("License: GPL-3+")) + 1
    body = []
    for line in lines[start:]:
        if not line.startswith(" "):
            break
        body.append("" if line == " ." else line[1:])
    return "\n".join([fonts_notice, f"Copyright {holder}", "", *body]) + "\n"


def file_name(weight: int, part: str) -> str:
    return f"NotoSansJP-{weight}-{part}.woff2"


def write_font_faces() -> str:
    """The [[theme.fontFaces]] block for .streamlit/config.toml."""
    comment = (
        "# Written by scripts/build_fonts.py. The order matters: of overlapping faces the browser",
        '# asks the later one first, so the large "rest" is fetched only when "basic" lacks a',
        "# character. Ranges are short on purpose: every rerun sends this block to the browser.",
    )
    blocks = ["\n".join(comment)]
    for part, unicode_range in SLICE_RANGES.items():
        for weight in FONT_MEMBERS:
            lines = [
                "[[theme.fontFaces]]",
                f'family = "{FAMILY}"',
                f'url = "app/static/fonts/{file_name(weight, part)}"',
                f"weight = {weight}",
            ]
            if unicode_range:
                lines.append(f'unicodeRange = "{unicode_range}"')
            blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def build(members: dict[str, bytes]) -> dict[str, bytes]:
    """The four slices and the licence, by file name. ``members`` as from read_package."""
    files = {}
    for weight, member in FONT_MEMBERS.items():
        characters = choose_characters(set(open_face(members[member]).getBestCmap()))
        for part, points in characters.items():
            files[file_name(weight, part)] = cut_slice(members[member], points)
    notice = open_face(members[FONT_MEMBERS[400]])["name"].getDebugName(0)
    files["OFL.txt"] = write_licence(members[LICENCE_MEMBER], notice).encode("utf-8")
    return files


def fetch_package(folder: Path) -> Path:
    """Download the Debian package into ``folder`` with apt."""
    subprocess.run(["apt-get", "download", f"{PACKAGE}={PACKAGE_VERSION}"], cwd=folder, check=True)
    return next(folder.glob(f"{PACKAGE}_*.deb"))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Cut the local web fonts.")
    parser.add_argument("--package", type=Path, help=f"{PACKAGE} {PACKAGE_VERSION} as a .deb file")
    parser.add_argument("--out", type=Path, default=ROOT / "static" / "fonts")
    parser.add_argument("--toml", type=Path, help="also write the theme block here")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)

    with tempfile.TemporaryDirectory() as temporary:
        members = read_package(options.package or fetch_package(Path(temporary)))
    files = build(members)

    stale = []
    for name, raw in files.items():
        path = options.out / name
        state = "same" if path.is_file() and path.read_bytes() == raw else "differs"
        if state == "differs":
            stale.append(name)
            if not options.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
                state = "written"
        print(f"{name}: {len(raw):,} bytes, sha256 {hashlib.sha256(raw).hexdigest()}, {state}")
    block = write_font_faces()
    print("\n" + block)
    if options.toml and not options.check:
        options.toml.write_text(block, encoding="utf-8")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
