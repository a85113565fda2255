"""The screens: each reads records, draws, and sends commands to the engine.

One folder a page, its ``page.show(visit)`` first; `pages` lists them. A page imports `parts`,
`browser` and `visit`, never another page. Only this package and ``app.py`` import Streamlit.
"""

import os

# Read when NumPy is imported, which no module does before this one. With two threads on cores that
# train, the same product of matrices took 1.0 s or 11 s; one thread a visitor is enough.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
