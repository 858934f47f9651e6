"""持続可能な行政サービス ダッシュボード: entry of the server and of every page.

`streamlit run app.py` imports this file once and finds `app`, the server with its start-up
work; for every visitor Streamlit then runs the same file as a script, which is `main`.
"""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def main() -> None:
    """Set up the frame, run the chosen page, and explain what could not be shown."""
    from components import frame, site
    from data.loaders import choose_version, current_problems, leave_version

    pages = [
        st.Page(page.script(), title=page.title, url_path=page.address, default=index == 0)
        for index, page in enumerate(site.PAGES)
    ]
    current = st.navigation(pages, position="top")
    st.set_page_config(
        page_title=f"{current.title}｜{site.PRODUCT}",
        # A file, not a Material icon: the tab icon of the latter is fetched from outside.
        page_icon=str(ROOT / "static" / "icon.png"),
        layout="wide",
    )
    frame.show_frame()
    frame.show_version_strip(choose_version(), leave_version)
    notices = st.container()
    told = ""
    try:
        current.run()
    except Exception as error:  # the last wall: a traceback on screen is a defect
        frame.show_failure(error)
        told = str(error)
    with notices:
        frame.show_data_problems(p for p in current_problems() if str(p) != told)


if __name__ == "__main__":
    main()
else:
    from starlette.middleware import Middleware

    from components.first_page import FirstPage
    from components.frame import show_failure
    from components.server import start_up
    from data.loaders import load_everything

    app = st.App(
        __file__,
        lifespan=start_up(load_everything),
        middleware=[Middleware(FirstPage)],
        on_script_error=show_failure,
    )
