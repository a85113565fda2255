"""The app: start it with ``streamlit run app.py``.

Streamlit finds the server in this file by the name `app`. The file is also the script of every
page, and draws the page when it is run for a visitor, even by a host that does not know ``st.App``.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fvapp.requirements_check import find_unmet_requirement

misfit = find_unmet_requirement()
if get_script_run_ctx(suppress_warning=True) is None:
    if misfit:
        raise SystemExit(misfit)
    from fvapp.ui.server.parts import app_arguments

    app = st.App(__file__, **app_arguments())
elif misfit:
    st.error(misfit)
else:
    from fvapp.ui.pages import draw_current_page

    draw_current_page()
