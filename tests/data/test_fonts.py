"""Do the local fonts cover what the pages show (書体の検査)?"""

import csv
import hashlib
import json
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from fontTools.ttLib import TTFont

from scripts import build_fonts

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "static" / "fonts"
CARD = ROOT / "data" / "sources" / "noto_sans_jp" / "source.toml"
CODES = ROOT / "data" / "sources" / "local_government_codes"
TEXT_SUFFIXES = {".csv", ".md", ".toml"}
# In JIS X 0208 but not in Noto Sans CJK JP; the terminal's own font shows it.
NOT_IN_THE_FONT = {"≒"}
MARKS = (
    "●○◐◎△▲▼◆◇■□☆★※→←↑↓⇒⇄✓×÷±≥≤≦≧…‥―～〜〃々〆「」『』【】〔〕（）"
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ㎢℃％"
)
WEIGHTS = (400, 700)


def slice_path(weight, part):
    return FONTS / f"NotoSansJP-{weight}-{part}.woff2"


@cache
def read_characters(weight, part):
    return frozenset(map(chr, TTFont(slice_path(weight, part)).getBestCmap()))


@pytest.fixture(scope="module", params=WEIGHTS)
def slices(request):
    """(basic, rest): the characters of the two slices of one weight."""
    return read_characters(request.param, "basic"), read_characters(request.param, "rest")


def decode_jis(rows):
    """The characters of these rows of JIS X 0208; cells without one are left out."""
    found = set()
    for row in rows:
        for cell in range(94):
            found.update(bytes([row + 160, cell + 161]).decode("euc_jp", errors="ignore"))
    return found


@cache
def read_bundled_texts():
    """Every character of the data folder's texts, with one file that holds it."""
    found = {}

    def note(text, path):
        for character in unicodedata.normalize("NFC", text):
            found.setdefault(character, path.relative_to(ROOT).as_posix())

    for path in sorted((ROOT / "data").rglob("*")):
        if path.suffix in TEXT_SUFFIXES:
            note(path.read_text(encoding="utf-8-sig"), path)
        elif path.suffix == ".xlsx":
            for sheet in openpyxl.load_workbook(path, read_only=True):
                for row in sheet.iter_rows(values_only=True):
                    note("".join(str(value) for value in row if value is not None), path)
    return {c: path for c, path in found.items() if not unicodedata.category(c).startswith("C")}


def test_jis_kanji_are_complete(slices):
    basic, rest = slices
    level1, level2 = decode_jis(range(16, 48)), decode_jis(range(48, 85))
    assert (len(level1), len(level2)) == (2965, 3390)
    assert level1 <= basic
    assert level2 <= basic | rest


def test_kana_signs_and_marks_are_in_the_basic_slice(slices):
    basic, _ = slices
    kana = decode_jis(range(4, 6))
    assert len(kana) == 83 + 86
    ascii_printable = set(map(chr, range(0x20, 0x7F)))
    half_width_kana = set(map(chr, range(0xFF61, 0xFFA0)))
    assert kana | ascii_printable | half_width_kana | set(MARKS) <= basic
    assert decode_jis(range(1, 9)) - basic <= NOT_IN_THE_FONT


def test_general_use_kanji_outside_level_1_are_in_the_basic_slice(slices):
    basic, _ = slices
    assert set("曖彙鬱楷諧毀嗅惧憬錮傲刹恣摯𠮟羞箋踪緻嘲塡貪丼剝訃璧哺頰喩瘍拉辣慄籠") <= basic


def test_common_variants_in_personal_names_are_covered(slices):
    basic, rest = slices
    assert set("髙﨑濵瀨德邊邉齋齊") <= basic | rest


def test_names_of_places_need_the_basic_slice_only(slices):
    basic, _ = slices
    for name, columns in (
        ("prefectures.csv", ("name", "name_short", "kana", "region", "capital")),
        ("municipalities.csv", ("name", "kana")),
    ):
        with (CODES / name).open(encoding="utf-8-sig", newline="") as file:
            text = {c for row in csv.DictReader(file) for column in columns for c in row[column]}
        assert len(text) > 100 and text <= basic, (name, text - basic)


def test_bundled_texts_are_covered(slices):
    basic, rest = slices
    texts = read_bundled_texts()
    assert len(texts) > 1000
    known = basic | rest | NOT_IN_THE_FONT
    missing = {c: path for c, path in texts.items() if c not in known}
    assert not missing


def test_map_labels_are_covered(slices):
    basic, _ = slices
    display = json.loads(
        (ROOT / "static" / "geo" / "prefectures_display.json").read_text(encoding="utf-8")
    )
    assert {c for p in display["prefectures"] for c in p["short"] + p["name"]} <= basic


def test_slices_do_not_repeat_each_other(slices):
    basic, rest = slices
    assert not basic & rest


def test_both_weights_hold_the_same_characters():
    for part in ("basic", "rest"):
        assert read_characters(400, part) == read_characters(700, part)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_font_is_what_its_name_says(weight):
    for part in ("basic", "rest"):
        font = TTFont(slice_path(weight, part))
        assert font["OS/2"].usWeightClass == weight
        assert font["head"].unitsPerEm == 1000
        assert "Open Font License" in font["name"].getDebugName(13)
    # Figures of one width stand under each other in tables.
    font = TTFont(slice_path(weight, "basic"))
    names, widths = font.getBestCmap(), font["hmtx"]
    assert len({widths[names[ord(digit)]][0] for digit in "0123456789"}) == 1


def test_slices_are_small():
    for weight in WEIGHTS:
        assert slice_path(weight, "basic").stat().st_size < 600_000
        assert slice_path(weight, "rest").stat().st_size < 700_000


def test_card_records_the_files():
    card = tomllib.loads(CARD.read_text(encoding="utf-8"))
    recorded = {file["path"]: file["sha256"] for file in card["files"]}
    present = {path.relative_to(ROOT).as_posix() for path in FONTS.iterdir() if path.is_file()}
    assert set(recorded) == present
    for path, sha256 in recorded.items():
        assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == sha256, path


def test_licence_is_complete():
    text = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Adobe" in text and "Google" in text
    assert text.rstrip().endswith("OTHER DEALINGS IN THE FONT SOFTWARE.")


# --- the block for the configuration ---------------------------------------------------------


def test_theme_block_names_the_files_and_asks_for_the_rest_last():
    faces = tomllib.loads(build_fonts.write_font_faces())["theme"]["fontFaces"]
    assert len(faces) == 4
    for face in faces:
        assert face["family"] == "Noto Sans JP"
        assert face["url"].startswith("app/static/fonts/")
        assert (FONTS / Path(face["url"]).name).is_file()
        # The block travels to the browser at every rerun.
        assert len(face.get("unicodeRange", "")) < 100
    for weight in WEIGHTS:
        order = [Path(f["url"]).stem.rsplit("-", 1)[1] for f in faces if f["weight"] == weight]
        # Of overlapping faces the one declared last is asked first.
        assert order == ["rest", "basic"]


def test_configuration_holds_the_theme_block():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    expected = tomllib.loads(build_fonts.write_font_faces())["theme"]["fontFaces"]
    assert config["theme"].get("fontFaces") == expected


def test_coarse_range_of_the_rest_covers_it(slices):
    _, rest = slices
    ranges = [
        tuple(int(end, 16) for end in item.removeprefix("U+").split("-"))
        for item in build_fonts.SLICE_RANGES["rest"].split(",")
    ]
    assert all(any(a <= ord(c) <= b for a, b in ranges) for c in rest)


def test_font_without_a_needed_character_stops_the_build():
    everything = set(range(0x20, 0x30000))
    build_fonts.choose_characters(everything)
    with pytest.raises(ValueError, match="Ⅳ"):
        build_fonts.choose_characters(everything - {ord("Ⅳ")})
    with pytest.raises(ValueError, match="亜"):
        build_fonts.choose_characters(everything - {ord("亜")})


def test_other_package_stops_the_build(tmp_path):
    package = tmp_path / "fonts.deb"
    package.write_bytes(b"!<arch>\n")
    with pytest.raises(ValueError, match="SHA-256"):
        build_fonts.read_package(package)
