"""How does one of our own browser parts get to the page?

Each is one module of static/js, plain JavaScript without a build step, mounted by Streamlit as a
component. Streamlit sends a component's script again with every change, so the script only points
to the module, which the browser keeps.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.static_files import static_version

_NOT_LOADED = "画面の部品を読み込めませんでした。再読み込みしてください。"
# The line breaks matter: without one Streamlit takes the script for a file name. The address is
# made from the page's own, because a module that Streamlit loads from a blob has no place.
_LOADER = """\
const u=new URL("app/static/js/%s?v=%s",document.baseURI);
const no=a=>{a.parentElement.textContent="%s"};
export default a=>import(u).then(m=>m.default(a),()=>no(a));
"""


def browser_component(name: str, module: str) -> Any:
    """Register a component once, at import; the result mounts it.

    name : unique in the app.  module : file below static/js.
    """
    script = _LOADER % (module, static_version("js/*.js"), _NOT_LOADED)
    return st.components.v2.component(name, js=script, isolate_styles=True)
