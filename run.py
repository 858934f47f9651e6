"""命令: `python run.py` で開く、`python run.py test` で試す、ほかはデータの点検と公表。

Only the standard library: this file builds the environment that has everything else.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WHEELHOUSE = ROOT / "wheelhouse"
LOCKS = {
    "app": ROOT / "requirements.txt",
    "test": ROOT / "tests" / "requirements.txt",
    "bench": ROOT / "bench" / "requirements.txt",
}


def python() -> Path:
    """Return the interpreter of the project's own environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def prepare(*names: str) -> None:
    """Create .venv and install the named locks, unless exactly they are installed already.

    With a wheelhouse/ folder nothing is fetched. The hashes in the locks are checked either
    way.
    """
    for name in names:
        lock = LOCKS[name]
        stamp = VENV / f".{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
        if stamp.exists():
            continue
        if not python().exists():
            print("環境を用意しています（初回だけ）…", file=sys.stderr, flush=True)
            venv.create(VENV, with_pip=True)
        command = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                   "--require-hashes", "-r", str(lock)]  # fmt: skip
        if WHEELHOUSE.is_dir():
            command += ["--no-index", "--find-links", str(WHEELHOUSE)]
        # Not on standard output: --json has to stay JSON.
        print(f"{lock.relative_to(ROOT)} を入れています…", file=sys.stderr, flush=True)
        if subprocess.run(command, cwd=ROOT).returncode:
            sys.exit(
                "ライブラリを入れられませんでした。ネットワークが無い所では README の"
                "「ネットワークの無い所で入れる」を見てください。"
            )
        for old in VENV.glob(f".{name}-*"):
            old.unlink()
        stamp.touch()


def serve_command(options: argparse.Namespace) -> list[str]:
    """Return the command that serves the dashboard."""
    return [
        str(python()), "-m", "streamlit", "run", str(ROOT / "app.py"),
        "--server.address", options.address,
        "--server.port", str(options.port),
        # Named, so that the server never asks an outside service what its address is.
        "--browser.serverAddress", options.public_address or options.address,
        "--browser.serverPort", str(options.port),
        "--server.headless", str(options.no_browser).lower(),
    ]  # fmt: skip


def open_dashboard(options: argparse.Namespace) -> int:
    """Serve the dashboard until it is stopped with Ctrl+C."""
    prepare("app")
    command = serve_command(options)
    public = options.public_address or options.address
    print(
        f"http://{public}:{options.port} で開きます。終えるには Ctrl+C を押してください。",
        flush=True,
    )
    try:
        return subprocess.run(command, cwd=ROOT).returncode
    except KeyboardInterrupt:
        return 0


def run_tests(arguments: list[str]) -> int:
    """Run all tests, browser tests included."""
    prepare("app", "test")
    for step in (["-m", "ruff", "check", "."], ["-m", "pytest", *arguments]):
        code = subprocess.run([str(python()), *step], cwd=ROOT).returncode
        if code:
            return code
    return 0


DATA_COMMANDS = ("check", "publish", "history", "undo", "backup", "restore", "verify")


def run_data_command(arguments: list[str]) -> int:
    """Check, publish or look after data; the arguments are those of data/command_line.py.

    Paths are meant from where the user stands, so the folder is not changed.
    """
    prepare("app")
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    # -P: a folder data/ where the user stands must not stand in for ours.
    command = [str(python()), "-P", "-m", "data.command_line", *arguments]
    return subprocess.run(command, env=environment).returncode


def run_stress(arguments: list[str]) -> int:
    """Kill the publishing process at random moments and verify the store after each."""
    prepare("app", "test")
    return subprocess.run(
        [str(python()), "-m", "tests.stress.crash", *arguments], cwd=ROOT
    ).returncode


def run_bench(arguments: list[str]) -> int:
    """Run the benchmark against the peers in bench/ and print the ratios."""
    prepare("app", "test", "bench")
    return subprocess.run([str(python()), "-m", "bench", *arguments], cwd=ROOT).returncode


def read_arguments(arguments: list[str] | None = None) -> tuple[argparse.Namespace, list[str]]:
    """Read the command line; what is not ours is handed on to pytest or the benchmark."""
    parser = argparse.ArgumentParser(description="持続可能な行政サービス ダッシュボード")
    parser.add_argument(
        "--address", default="127.0.0.1", help="待ち受けるアドレス（既定 127.0.0.1）"
    )
    parser.add_argument("--port", type=int, default=8501, help="待ち受けるポート（既定 8501）")
    parser.add_argument(
        "--public-address", default="", help="利用者のブラウザから見た名前（既定は --address）"
    )
    parser.add_argument("--no-browser", action="store_true", help="ブラウザを自動で開かない")
    parser.add_argument("command", nargs="?", choices=("open", "test", "bench", "stress"),
                        default="open",
                        help="open（既定）: 開く ／ test: 全ての試験 ／ bench: 速さの比較 ／ "
                        "stress: 公表の途中で止める試験。データの命令は "
                        + "・".join(DATA_COMMANDS) + "（run.py check --help）")  # fmt: skip
    options, rest = parser.parse_known_args(arguments)
    if options.command == "open" and rest:
        parser.error(f"分からない引数です: {' '.join(rest)}")
    return options, rest


def main() -> int:
    """Do what the command line asks for."""
    if sys.argv[1:2] and sys.argv[1] in DATA_COMMANDS:
        return run_data_command(sys.argv[1:])
    options, rest = read_arguments()
    if options.command == "test":
        return run_tests(rest)
    if options.command == "bench":
        return run_bench(rest)
    if options.command == "stress":
        return run_stress(rest)
    return open_dashboard(options)


if __name__ == "__main__":
    sys.exit(main())
