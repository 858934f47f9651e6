"""House rules: who may import whom, what may draw, what may reach the screen unescaped."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("domain", "data", "components", "pages")
# What each layer may import of ours.
ALLOWED = {
    "domain": {"domain"},
    "data": {"domain", "data"},
    "components": {"domain", "components"},
    "pages": {"domain", "data", "components", "pages"},
}
FILES = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
DRAWING = {
    "plotly_chart", "pydeck_chart", "altair_chart", "vega_lite_chart", "line_chart", "bar_chart",
    "area_chart", "scatter_chart", "map", "pyplot", "graphviz_chart", "echarts_chart", "bokeh_chart",
}  # fmt: skip


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_there_are_files_to_look_at():
    assert len(FILES) > 30


@pytest.mark.parametrize("path", FILES, ids=name)
def test_import_direction(path):
    layer = path.relative_to(ROOT).parts[0]
    ours = {module.split(".")[0] for module in imports_of(path)} & set(LAYERS)
    assert ours <= ALLOWED[layer], f"{name(path)} imports {ours - ALLOWED[layer]}"


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*/*.py")), ids=name)
def test_a_page_never_imports_another_page(path):
    own = path.relative_to(ROOT).parts[1]
    others = {
        module
        for module in imports_of(path)
        # The registry is no page: it lists the figures of all of them.
        if module.startswith("pages.") and module.split(".")[1] not in (own, "registry")
    }
    assert not others


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_the_screen_knows_streamlit(path):
    layer = path.relative_to(ROOT).parts[0]
    uses = any(module.split(".")[0] == "streamlit" for module in imports_of(path))
    if layer == "domain" or (layer == "data" and path.name != "loaders.py"):
        assert not uses, f"{name(path)} imports streamlit"


@pytest.mark.parametrize("path", sorted((ROOT / "domain").rglob("*.py")), ids=name)
def test_domain_reads_no_file_and_no_clock(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    assert not calls & {
        "open",
        "read_csv",
        "read_excel",
        "read_text",
        "read_bytes",
        "today",
        "now",
        "time",
    }


def attributes_called(path: Path) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_draws_outside_the_figure_contract(path):
    if name(path) != "components/figure.py" and "streamlit" in imports_of(path):
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and getattr(node.func.value, "id", "") == "st"
        }
        assert not calls & DRAWING
    if name(path) not in ("components/figure.py", "components/svg_figure.py"):
        assert "components.svg_figure" not in imports_of(path)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_markdown_renderer_is_given_html_or_data(path):
    """st.markdown and st.write render Markdown: a cell could call out or pose as the page."""
    source = path.read_text(encoding="utf-8")
    assert "unsafe_allow_html" not in source
    assert not {"markdown", "write", "table", "metric", "error", "warning", "info"} & {
        call for call in attributes_called(path) if f"st.{call}(" in source
    }


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*/page.py")), ids=name)
def test_a_page_reads_like_a_table_of_contents(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


def test_no_map_trace_that_fetches_its_ground():
    """plotly's geo and map traces, and pydeck's default style, ask outside hosts."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    for word in ("choropleth", "scattergeo", "scattermap", "density_map", "plotly.express"):
        assert word not in source.lower(), word
    assert "map_style=" not in source
    assert source.count("map_provider=None") == source.count("pdk.Deck(") > 0


def test_public_functions_have_docstrings():
    bare = [
        f"{name(path)}:{node.name}"
        for path in FILES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not bare
