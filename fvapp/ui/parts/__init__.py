"""Collects parts of pages and helper functions that several pages use."""

from fvapp.ui.parts.address import (
    app_address,
    draw_address_warning,
    is_only_here,
    server_address,
    take_settings_from_address,
    visitor_ip_network,
)
from fvapp.ui.parts.charts import draw_chart, draw_clickable_chart, draw_loss_and_accuracy, draw_svg
from fvapp.ui.parts.codes import draw_code_refusal, is_workspace_code, open_workspace_by_code
from fvapp.ui.parts.commands import draw_command_button, give_engine_command
from fvapp.ui.parts.consent import ask_before_leaving, ask_consent, has_other_training_pcs
from fvapp.ui.parts.data_sets import (
    TwelveImages,
    dataset_choices,
    dataset_of_model,
    draw_more_data_sets,
    is_text_data_set,
    kept_examples,
    open_dataset,
    own_data_set_name,
    remarks_on_altered_data,
    twelve_images_of,
)
from fvapp.ui.parts.downloads import draw_download
from fvapp.ui.parts.glossary import (
    draw_glossary,
    draw_glossary_word,
    draw_word_popovers,
    help_with_glossary_link,
)
from fvapp.ui.parts.page_links import (
    INSIDE_MODEL,
    MY_EXAMPLES,
    draw_page_link,
    find_page,
    keep_session_pages,
    note_entered_page,
    open_inside_page,
    page_visit_number,
)
from fvapp.ui.parts.page_table import PAGES, PageRow, closable_pages, page_name_at
from fvapp.ui.parts.plain_text import draw_plain_text
from fvapp.ui.parts.rows import row_container
from fvapp.ui.parts.session_cache import cache_in_session
from fvapp.ui.parts.tables import format_signed_number, write_markdown_table
from fvapp.ui.parts.words import (
    draw_keras_error,
    draw_temperature_note,
    mention_remaining_copies,
    mission_name,
    mission_step_name,
    queue_place_text,
    run_failure_text,
    run_reason_text,
    run_state_text,
    training_moment_text,
)
