"""Every figure of the dashboard in its first state, whatever page it stands on.

Downloads of all charts, decks and handouts go through this list and the figure contract; they
need no code of the single pages. A page with figures has a module `build` with `list_figures`.
"""

from __future__ import annotations

from components.figure import Figure
from pages.framework_map import build as framework_map
from pages.overview import build as overview
from pages.practices import build as practices
from pages.prefecture import build as prefecture
from pages.simulation import build as simulation
from pages.tasks import build as tasks

FIGURE_PAGES = {
    "overview": overview,
    "framework_map": framework_map,
    "prefecture": prefecture,
    "practices": practices,
    "tasks": tasks,
    "simulation": simulation,
}


def list_all_figures() -> dict[str, list[Figure]]:
    """Return page name → its figures, in the order of the pages."""
    return {name: module.list_figures() for name, module in FIGURE_PAGES.items()}
