"""Start with ``streamlit run app.py``."""

from fvapp.ui.pages import run

run()
