"""The screens: each reads records, draws, and sends commands to the engine.

One folder a page, its ``page.show(visit)`` first; `pages` lists them. A page imports `parts`, `browser` and `visit`,
never another page. Only this package and ``app.py`` import Streamlit.
"""
