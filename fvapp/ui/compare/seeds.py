"""Is it more than chance? Groups of seeds, their mean and spread, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe

import streamlit as st

from fvapp.charts.overlay import groups_figure
from fvapp.core.errors import FvappError
from fvapp.core.glossary import CHANCE_WORDS
from fvapp.core.results.comparison import changes_of_settings
from fvapp.core.results.statistics import (
    Group,
    Measure,
    common_measure,
    compare_with_first,
    fresh_seeds,
    group_key,
    group_runs,
    verdict_sentence,
)
from fvapp.core.runs import RunRecord
from fvapp.core.wording import percent, points
from fvapp.ui.compare.choice import chosen_runs, keep_choice
from fvapp.ui.compare.records import last_epoch
from fvapp.ui.parts.charts import draw_chart
from fvapp.ui.parts.glossary import draw_words
from fvapp.ui.visit import Visit, click_id, say_next

REPEATS = (3, 5)


def draw_seeds(
    visit: Visit, records: Sequence[RunRecord], chosen: Sequence[RunRecord], all_titles: Mapping[str, str]
) -> None:
    """Draw the groups to which the chosen runs belong, and whether they differ by more than chance.

    A group counts all runs of the visitor that differ only in their seed, chosen or not.

    Args:
        all_titles: what each run is called, by id.
    """
    t = visit.t
    st.header(t("compare.chance" if len(chosen) > 1 else "compare.chance_of_one"))
    ids = {record.id for record in chosen}
    # The chosen ones first: of runs with the same seed, one counts.
    groups = [group for group in group_runs([*chosen, *records], _validation(visit, records)) if ids & _ids(group)]
    measure = common_measure(groups)
    verdicts = compare_with_first(groups, measure)
    # A group is called as its first run that was chosen.
    titles = [all_titles[next(run.id for run in group.runs if run.id in ids)] for group in groups]
    with st.container(key="verdict"):
        if not groups:
            st.text(t("compare.verdict.no_result"))
        elif len(groups) == 1 < len(chosen):
            alike = len({group_key(record) for record in chosen}) == 1
            st.text(t(f"compare.verdict.{'one_group' if alike else 'one_result'}", title=titles[0]))
        for group, title, verdict in zip(groups[1:], titles[1:], verdicts, strict=True):
            changes = changes_of_settings(groups[0].settings, group.settings)
            st.text(verdict_sentence(verdict, titles[0], title, t, changes))
        for group, title in zip(groups, titles, strict=True):
            st.text(_summary(group, measure, title, visit))
        tested = sum(verdict.p is not None for verdict in verdicts)
        if tested > 1:
            st.text(t("compare.several_compared", n=tested))
        if groups:
            other = measure == "test_accuracy" and all(group.validation for group in groups)
            st.caption(t("compare.by_other_images" if other else f"compare.by_{measure}"))
        draw_words(t, CHANCE_WORDS, key="chance_words")
    if any(len(group.runs) > 1 for group in groups):
        numbers = [group.runs[0].number for group in groups]
        figure = groups_figure(list(zip(titles, numbers, groups, strict=True)), measure, t)
        draw_chart(figure, "groups_chart", t("compare.groups_alt"))
        st.caption(t("compare.bars"))
    with st.container(key="repeat_seeds", horizontal=True):
        for count in REPEATS:
            st.button(
                t("compare.repeat", n=count),
                key=f"repeat_seeds_{count}",
                icon=":material/casino:",
                help=t("compare.repeat_help"),
                on_click=_repeat,
                args=(visit, records, count),
            )


def _ids(group: Group) -> set[str]:
    return {run.id for run in group.runs}


def _validation(visit: Visit, records: Sequence[RunRecord]) -> dict[str, float]:
    """Return the validation accuracy of each run after its last epoch, of those that set images aside."""
    ended = {record.id: last_epoch(visit, record) for record in records}
    return {
        run: epoch.val_accuracy for run, epoch in ended.items() if epoch is not None and epoch.val_accuracy is not None
    }


def _summary(group: Group, measure: Measure, title: str, visit: Visit) -> str:
    mean, spread = percent(group.mean(measure), 2), group.spread(measure)
    if spread is None:
        return visit.t("compare.one_run", title=title, mean=mean)
    values = {"n": len(group.runs), "mean": mean, "spread": points(spread)}
    return visit.t("compare.group", title=title, **values)


def _repeat(visit: Visit, records: Sequence[RunRecord], count: int) -> None:
    chosen = chosen_runs(visit)
    alike: dict[object, RunRecord] = {}
    for record in chosen:
        alike.setdefault(record.trained.with_values(seed=0), record)
    settings = [one for record in alike.values() for one in fresh_seeds(record.trained, records, count)]
    try:
        click = click_id("repeat", sorted(record.id for record in chosen), count)
        visit.engine.submit(visit.token, settings, group=token_urlsafe(9), click=click)
    except FvappError as error:
        visit.say_error_next(error)
    else:
        keep_choice([record.id for record in chosen])
        say_next(visit.t("compare.repeats_queued", n=len(settings)))
