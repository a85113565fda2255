"""Works around limits of Streamlit and the browser, and makes the app's browser components."""

from fvapp.ui.browser.choices import (
    Choice,
    choice_callback,
    draw_run_choice,
    draw_segmented_control,
    draw_select,
)
from fvapp.ui.browser.clicks import click_id
from fvapp.ui.browser.components import array_base64, make_component
from fvapp.ui.browser.connection import watch_connection
from fvapp.ui.browser.focus import keep_focus
from fvapp.ui.browser.folds import draw_expander, draw_popover
from fvapp.ui.browser.handing import (
    HANDING,
    can_serve_files,
    file_link,
    qr_code_html,
    smallest_edition_html,
    smallest_edition_link,
)
from fvapp.ui.browser.into_view import request_scroll, scroll_into_view
from fvapp.ui.browser.live import draw_live_fragment
from fvapp.ui.browser.navigation import BAR, REST, mark_current_page, page_link_key
from fvapp.ui.browser.opening import CODE, TEACHER, take_address_secret
from fvapp.ui.browser.rest import has_value_settled
from fvapp.ui.browser.said import announce_to_screen_readers
from fvapp.ui.browser.skip import draw_skip_link
