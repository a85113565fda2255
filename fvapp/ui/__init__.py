"""The app's screens: each reads records, draws them, and sends commands to the engine.

Each page is a folder with a ``page.show_page(visit)``; `pages` lists them. A page imports `parts`,
`browser` and `visit`, never another page. Only this package and ``app.py`` import Streamlit.
"""

import os

# NumPy reads this variable when it is imported, and no module imports it before this one. While
# training keeps both cores busy, the same matrix product on two threads takes 1 s at one time and
# 11 s at another. One thread per visitor is enough.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
