"""Documentation is tested: tables, commands and paths of the README are those of the project."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import run
from components.site import PAGES
from data import read
from data.command_line import build_parser
from data.paths import data_root

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows_under(title: str) -> list[list[str]]:
    part = README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_table_is_the_list_of_pages():
    assert rows_under("画面") == [[page.title, page.question, page.audience] for page in PAGES]


def test_every_page_folder_is_a_listed_page():
    folders = {path.parent.name for path in (ROOT / "pages").glob("*/page.py")}
    assert folders == {page.name for page in PAGES}


def test_the_source_table_names_every_source():
    listed = {row[2].removeprefix("data/sources/") for row in rows_under("数はどこから来たか")}
    assert listed == set(read.list_source_ids(data_root()))


def test_every_path_of_the_folder_table_exists():
    for cell, _ in rows_under("フォルダー"):
        name = cell.strip("`").replace("<名前>/", "")
        assert (ROOT / name).exists(), name


def test_the_commands_exist():
    answer = subprocess.run(
        [sys.executable, "run.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    data_commands = build_parser()._subparsers._group_actions[0].choices
    assert set(data_commands) == set(run.DATA_COMMANDS)
    for line in re.findall(r"python run\.py([^\n#]*)", README):
        words = re.findall(r"--[a-z-]+|[a-z]+", line)
        first = re.match(r"\s+([a-z]+)\b", line)
        command = first[1] if first else ""
        known = data_commands[command].format_help() if command in data_commands else answer
        if command and command not in data_commands:
            assert command in ("test", "bench", "stress") and command in answer, line
        if command != "stress":
            assert all(word in known for word in words if word.startswith("--")), line
    for command in run.DATA_COMMANDS:
        assert f"python run.py {command}" in README
    assert (ROOT / "docs" / "overview.png").stat().st_size > 20_000


def names_of(lines: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~!; ]", line)[0].lower().replace("_", "-") for line in lines}


def test_every_direct_dependency_is_locked_with_hashes_and_without_addresses():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        "requirements.txt": project["project"]["dependencies"],
        "tests/requirements.txt": project["dependency-groups"]["test"],
        "bench/requirements.txt": project["dependency-groups"]["bench"],
    }
    for file, direct in wanted.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        pinned = [line for line in text.splitlines() if "==" in line]
        assert names_of(direct) <= names_of(pinned), file
        assert "://" not in text and "--hash=sha256:" in text
        assert not list(ROOT.glob("uv.lock"))


def test_the_three_locks_agree():
    versions: dict[str, str] = {}
    for file in ("requirements.txt", "tests/requirements.txt", "bench/requirements.txt"):
        for name, version in re.findall(
            r"^([a-z0-9-]+)==([^ \\]+)", (ROOT / file).read_text(), re.M
        ):
            assert versions.setdefault(name, version) == version, f"{file}: {name}"


def test_the_project_speaks_of_the_product_alone():
    """No address of a package registry and no path of one machine in any text of the project."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout
    files = [ROOT / name for name in tracked.splitlines()] or list(ROOT.glob("*.*"))
    own = Path(__file__).name
    words = re.compile(
        r"pypi\.org|npmjs\.(org|com)|deb\.debian\.org|/root/|/tmp/dl|/work/(main|shared)"
    )
    for path in files:
        if (
            path.suffix in (".py", ".js", ".css", ".md", ".toml", ".csv", ".txt", "")
            and path.is_file()
            and path.name != own
        ):
            found = words.search(path.read_text(encoding="utf-8", errors="replace"))
            assert not found, f"{path.relative_to(ROOT)}: {found[0]}"
