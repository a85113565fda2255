"""The screens: each reads records, draws, and sends commands to the engine.

One module a page, each with ``show(visit)``; `pages` lists them. Only this package and ``app.py`` import Streamlit.
"""
