"""Contains the app's screens, which read records, draw them, and send the engine commands.

Each page is a folder with a function ``page.show_page(visit)``; ``parts/pages.toml`` lists the
pages. A page imports `parts`, `browser` and `visit`, never another page. Only this package and
``app.py`` import Streamlit.
"""

import os

# NumPy reads this variable on import, and no other module imports NumPy earlier. With two threads,
# and training on both cores, the same matrix product took anything from 1 to 11 s. One thread per
# visitor is enough.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
