"""Start with ``streamlit run app.py``.

Streamlit finds the server's app below by its name in this file. The same file is the script of
every page: it is run with a visitor, then by Streamlit's server or by a host that knows nothing of
``st.App``.
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
