"""Draws a button that repeats the chosen runs with other seeds, and the repetition's progress."""

from collections.abc import Sequence
from secrets import token_urlsafe

import streamlit as st

from fvapp.core.results.significance import REPEATS
from fvapp.core.results.statistics import distinct_untaught_runs, settings_with_fresh_seeds
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.wording import duration_words
from fvapp.ui.browser import click_id
from fvapp.ui.compare.choice import chosen_runs, keep_chosen_runs
from fvapp.ui.compare.comparison import RunComparison
from fvapp.ui.compare.records import read_last_epoch
from fvapp.ui.parts import row_container
from fvapp.ui.visit import Visit

_OURS = "repeat-"  # prefix of the group names of runs that this button queues


def draw_repeat_button(visit: Visit, comparison: RunComparison) -> None:
    """Draw a button that repeats the chosen runs with other seeds, or the repetition's progress."""
    t = visit.t
    ours = [record for record in comparison.all_records if (record.group or "").startswith(_OURS)]
    active = [
        record
        for record in ours
        if record.state in ACTIVE and comparison.colour_index(record) is not None
    ]
    different = distinct_untaught_runs(comparison.chosen_runs)
    networks = len(different)
    verdicts = comparison.verdicts
    words = {1: "one", 2: "both"}.get(networks, "all")

    with row_container("repeat_seeds"):
        if active:
            _draw_repeat_progress(
                visit, [record for record in ours if record.group == active[0].group], words
            )
        # No number of repeats leads to a verdict between different data sets, or on a run that
        # cannot be repeated.
        elif len({record.settings.dataset for record in different}) == 1 and (
            not verdicts or any(one.outcome not in ("alone", "taught") for one in verdicts)
        ):
            st.button(
                t(f"compare.repeat.{words}", n=REPEATS),
                key=f"repeat_seeds_{REPEATS}",
                icon=":material/casino:",
                # Repeating is the primary action only if several networks are compared.
                type="primary" if networks > 1 else "secondary",
                width="stretch",
                help=t("compare.repeat.help"),
                on_click=_submit_repeats,
                args=(visit, comparison.all_records),
            )


def _draw_repeat_progress(visit: Visit, together: Sequence[RunRecord], words: str) -> None:
    t = visit.t
    active = [record for record in together if record.state in ACTIVE]
    progress_words = t(
        f"compare.repeat.under_way_{words}", done=len(together) - len(active), n=len(together)
    )
    left = _seconds_left(visit, together, active)
    if left is not None:
        progress_words += f" · {t('train.time_left', time=duration_words(left, t))}"
    st.progress(
        sum(record.epoch for record in together) / sum(record.epochs for record in together),
        progress_words,
    )

    def stop_runs() -> None:
        for record in active:
            # The error is ignored, because the run may already have ended.
            with visit.messages.queueing_errors(but="not_now"):
                visit.engine.runs.stop_run(visit.token, record.id)

    st.button(
        t("train.buttons.train_stop"),
        key="repeat_stop",
        icon=":material/stop:",
        on_click=stop_runs,
    )


def _seconds_left(
    visit: Visit, together: Sequence[RunRecord], active: Sequence[RunRecord]
) -> float | None:
    """Return the estimated time left in seconds, or None if it cannot be estimated yet.

    The time can be estimated while a run is training, once the first epoch has ended. The estimate
    assumes that the number of runs training at the same time does not change.
    """
    ended = [
        epoch.seconds
        for record in together
        if (epoch := read_last_epoch(visit, record)) is not None
    ]
    at_once = sum(record.state == "running" for record in active)
    if not ended or not at_once:
        return None
    return (
        sum(record.epochs - record.epoch for record in active) * sum(ended) / len(ended) / at_once
    )


def _submit_repeats(visit: Visit, records: Sequence[RunRecord]) -> None:
    chosen = chosen_runs(visit, visit.read_runs())  # read again, as the drawn page may be outdated
    different = distinct_untaught_runs(chosen)
    repeat_settings = [
        repeat_settings
        for record in different
        for repeat_settings in settings_with_fresh_seeds(record.final_settings, records, REPEATS)
    ]
    like = [record.id for record in different for _ in range(REPEATS)]
    with visit.messages.queueing_errors():
        click = click_id("repeat", sorted(record.id for record in chosen), REPEATS)
        visit.engine.runs.submit_runs(
            visit.token, repeat_settings, group=_OURS + token_urlsafe(9), click=click, like=like
        )
        keep_chosen_runs([record.id for record in chosen])
