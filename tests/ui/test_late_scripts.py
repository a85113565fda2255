"""The code that Streamlit's page is to run late is found in the installed Streamlit; else nothing is said of it."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

from fvapp.ui.compat.late_scripts import late_scripts


def test_what_is_slow_or_not_looked_for_at_once_waits():
    (kept,) = re.findall(r'<script type="importmap">(.*?)</script>', late_scripts())
    ((folder, names),) = json.loads(kept)["scopes"].items()
    assert folder == "./static/js/"
    assert [re.sub(r"\..*", "", name.removeprefix(folder)) for name in names] == [
        "PlotlyChart",
        "StreamlitSyntaxHighlighter",
        "Selectbox",
        "Metric",
        "DownloadButton",
    ]
    for name, module in names.items():
        assert name in unquote(module) and "await window.fvappPageDrawn" in unquote(module)


def test_where_they_have_other_names_the_page_is_served_as_it_is(tmp_path):
    (tmp_path / "Chart.abc.js").touch()
    assert late_scripts(tmp_path) == ""
