"""The screens: each reads records, draws, and sends commands to the engine.

Each page is a folder with a ``page.show_page(visit)``; `pages` lists them. A page imports `parts`,
`browser` and `visit`, never another page. Only this package and ``app.py`` import Streamlit.
"""

import os

# NumPy reads this variable on import, and no module imports NumPy before this one. With two threads
# while both cores train, a product of matrices takes 1 s or 11 s; one thread a visitor is enough.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
