"""The platform's traps stay closed (each was measured before it was closed)."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parent.parent
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def in_a_fresh_process(code: str) -> object:
    """Run code in a new interpreter and return what it prints last, read as JSON."""
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.splitlines()[-1])


def test_the_server_is_told_its_address_and_asks_nobody():
    assert CONFIG["browser"]["serverAddress"] == "127.0.0.1"
    options, _ = run.read_arguments(["--address", "0.0.0.0", "--public-address", "dash.example"])
    command = run.serve_command(options)
    assert command[command.index("--browser.serverAddress") + 1] == "dash.example"
    assert command[command.index("--server.address") + 1] == "0.0.0.0"
    options, _ = run.read_arguments([])
    command = run.serve_command(options)
    assert command[command.index("--browser.serverAddress") + 1] == "127.0.0.1"


def test_unknown_arguments_are_refused_in_words(capsys):
    with pytest.raises(SystemExit):
        run.read_arguments(["--nonsense"])
    assert "分からない引数です" in capsys.readouterr().err


def test_settings_of_a_closed_network():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorLinks"] == "false"
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["disableDataExport"] is True
    assert CONFIG["client"]["toolbarMode"] == "viewer"
    assert CONFIG["server"]["enableStaticServing"] is True
    assert "http" not in json.dumps(CONFIG)


def test_every_setting_is_known_to_the_installed_streamlit():
    """A hidden option that vanished would be ignored silently."""
    known = in_a_fresh_process(
        "import json; from streamlit import config; print(json.dumps(sorted(config._config_options_template)))"
    )
    ours = {f"{part}.{name}" for part, options in CONFIG.items() for name in options}
    assert ours <= set(known)


def test_no_full_collection_after_every_rerun_and_the_start_is_frozen():
    assert CONFIG["runner"]["postScriptGC"] is False
    frozen, pages_flag = in_a_fresh_process(
        "import gc, json\n"
        "from components.server import warm_up, keep_pages_folder_quiet\n"
        "from streamlit.runtime.pages_manager import PagesManager\n"
        "keep_pages_folder_quiet(); warm_up(lambda: None)\n"
        "print(json.dumps([gc.get_freeze_count(), PagesManager.uses_pages_directory]))"
    )
    assert frozen > 50_000
    assert pages_flag is False


def test_small_messages_are_sent_at_once():
    """A socket as Streamlit binds it, protocol 0, accepted by asyncio."""
    delay_off = in_a_fresh_process(
        "import asyncio, json, socket\n"
        "from components.server import send_without_delay\n"
        "send_without_delay()\n"
        "async def main():\n"
        "    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\n"
        "    listening.bind(('127.0.0.1', 0))\n"
        "    found = asyncio.get_running_loop().create_future()\n"
        "    def accepted(reader, writer):\n"
        "        own = writer.get_extra_info('socket')\n"
        "        found.set_result(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))\n"
        "        writer.close()\n"
        "    server = await asyncio.start_server(accepted, sock=listening)\n"
        "    _, writer = await asyncio.open_connection(*listening.getsockname())\n"
        "    answer = await found\n"
        "    writer.close(); server.close()\n"
        "    return answer\n"
        "print(json.dumps(bool(asyncio.run(main()))))"
    )
    assert delay_off is True


def test_the_first_page_loads_no_heavy_library():
    loaded = in_a_fresh_process(
        "import json, sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert not app.exception\n"
        "print(json.dumps([n for n in ('components.plotly_charts', 'pydeck', 'geopandas', 'scipy', 'xlsxwriter', 'altair') if n in sys.modules]))"
    )
    assert loaded == []


def test_streamlit_run_finds_the_server_with_its_start_up_work():
    from streamlit.web.server.app_discovery import discover_asgi_app

    found = discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app and found.import_string == "app:app"


def test_own_browser_parts_name_no_host():
    for path in (ROOT / "static" / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
        assert "http://" not in text and "https://" not in text, path.name
        assert "innerHTML" not in text, path.name


def test_the_first_page_is_japanese_and_names_its_parts_early():
    from streamlit import __file__ as streamlit_file

    from components.first_page import make_ours

    original = (Path(streamlit_file).parent / "static" / "index.html").read_text(encoding="utf-8")
    page = make_ours(original)
    assert '<html lang="ja">' in page and "持続可能な行政サービス" in page
    head = page.split("</head>")[0]
    for part in ("figure.js", "map.js", "prefectures_display.json", "NotoSansJP-400-basic"):
        assert part in head
    for piece in ("BidiComponent.", "Html.", "DownloadButton."):
        assert f"./static/js/{piece}" in head, f"Streamlit renamed {piece}"
    assert "SourceSans" not in head
    assert "http" not in head.replace(original.split("</head>")[0], "").split("<link rel=")[-1]
