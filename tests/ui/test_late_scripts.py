"""The installed Streamlit has the scripts that may load late; if not, all load as usual."""

import json
import re

from fvapp.ui.compat.late_scripts import HOLD_BACK, late_scripts_html


def test_what_is_slow_or_not_looked_for_at_once_waits():
    for said in (late_scripts_html(), HOLD_BACK):
        (names,) = re.findall(r"holdBack\((\[.*?\]), new URL", said)
        kinds = [
            "PlotlyChart",
            "StreamlitSyntaxHighlighter",
            "Selectbox",
            "Metric",
            "DownloadButton",
        ]
        assert [name.partition(".")[0] for name in json.loads(names)] == kinds


def test_where_they_have_other_names_the_page_is_served_as_it_is(tmp_path):
    (tmp_path / "Chart.abc.js").touch()
    assert late_scripts_html(tmp_path) == ""
