"""Draws mission D: visitors guess the next character, and see what a network writes."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import read_shipped_text, run_split_sizes
from fvapp.core.inspection import MOMENTS, Network, frame_at_moment, network_of_run
from fvapp.core.missions.table import writing as rules
from fvapp.core.stack import count_parameters
from fvapp.core.templates import render_template
from fvapp.core.texts.copies import copied_share_of_text, find_copied_pieces, held_out_copied_share
from fvapp.core.texts.lines import TEMPERATURE
from fvapp.core.texts.signs import TextForm, clean_text
from fvapp.core.texts.strips import training_text_blocks
from fvapp.core.wording import share_as_percent
from fvapp.ui.missions.flow import MissionFlow, Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.parts import cache_in_session, open_dataset, write_markdown_table
from fvapp.ui.write.lines import draw_written_lines

_LIKELIEST = 5  # number of the likeliest next characters (signs) shown in a table
_ENDS = 3  # number of continuations shown, the most frequent first
_TEMPERATURES = (TEMPERATURE, 1.2)
_ROWS = ("weights", "text", "sight", "pieces", "layers", "after")


class WritingMissionFlow(MissionFlow):
    """The flow of mission D, which compares networks trained on two versions of a text.

    The versions differ in a single fact.
    """

    def guess_question_images(
        self, opened: OpenMission, screen: str
    ) -> tuple[np.ndarray, Sequence[str]]:
        return np.empty((0, 28, 28), np.uint8), ()

    def draw_extra_mission_screen(self, opened: OpenMission, screen: str) -> None:
        """Draw a screen that only this mission has, or a train button if runs are missing."""
        # The screens after the result need the trained networks, whose runs may have been deleted.
        if screen in opened.mission.screens_after and not opened.run_records:
            st.warning(opened.t("missions.page.unfinished"))
            self.draw_start_button(opened)
            return
        st.markdown(opened.t(f"missions.writing.{screen}.about"))
        _SCREENS[screen](opened)

    def draw_mission_result(self, opened: OpenMission) -> Verdicts:
        """Draw lines that the network wrote in training; return the verdicts on the guesses."""
        if not self.trials_if_judgeable(opened):
            return None, None
        record = opened.run_records[0]
        draw_written_lines(opened.visit, record)

        def judge_writing() -> Verdicts:
            answers = opened.visit.engine.answers
            token = opened.visit.token
            frames = answers.read_frames(token, record.id)
            networks = [
                network_of_run(record.settings, frame_at_moment(frames, moment).weights)
                for moment in [*MOMENTS][:-1]
            ]
            # At the end, the run's own network answers, as on the screen "whose".
            networks.append(opened.visit.load_network(record.id))
            with answers.inspection_turn(token):
                data = open_dataset(record.settings.dataset)
                fact = rules.judge_false_fact(
                    networks[-1], data, run_split_sizes(record.settings)[0]
                )
                return rules.judge_written_words(networks, record.settings.dataset), fact

        return cache_in_session("mission_writing", record.id, judge_writing)


FLOW = WritingMissionFlow()


def _draw_sign_guesses(opened: OpenMission) -> None:
    """Ask which character comes next; below each guess, draw the network's likeliest characters."""
    t = opened.t
    name = opened.mission.dataset
    kept_guesses = opened.mission_progress.guesses
    form = DATASETS[name].text_form
    beginnings = rules.BEGINNINGS[name].guess
    guesses = [*kept_guesses, *[""] * (len(beginnings) - len(kept_guesses))]

    def save_guess(place: int) -> None:
        typed = st.session_state[f"guess_{place}"]
        guesses[place] = form.word_gap if typed.isspace() else clean_text(typed, form).text[:1]
        show_screen(opened.mission, "guesses")
        opened.update_progress(guesses=tuple(guesses))

    network = _network_that_guesses(opened)
    for place, (beginning, guess) in enumerate(zip(beginnings, guesses, strict=True)):
        st.html(render_template("fvapp.ui.missions", "beginning.html", form=form, text=beginning))
        st.text_input(
            t("missions.writing.guesses.label", n=place + 1),
            guess,
            key=f"guess_{place}",
            width=240,
            on_change=save_guess,
            args=(place,),
        )
        if guess and network:
            signs = rules.likeliest_next_characters(network, beginning, form, _LIKELIEST)
            head = t("missions.writing.sign"), t("missions.writing.guesses.network")
            write_markdown_table(head, [(sign, share_as_percent(share)) for sign, share in signs])


def _network_that_guesses(opened: OpenMission) -> Network | None:
    """Return the network that the mission trained, else the ready-made network, else None."""
    name = opened.mission.dataset
    for run in opened.run_records[:1]:
        if run.has_checkpoint and run.settings.dataset == name:
            return opened.visit.load_network(run.id)
    return opened.visit.load_network(name) if DATASETS[name].ships_model else None


def _draw_copied_pieces(opened: OpenMission) -> None:
    """Draw lines written at a low and a high temperature, and mark pieces copied from the text."""
    t = opened.t
    network, form, text = _network_and_text(opened, 0)
    learned = training_text_blocks(text)

    def measure_copying() -> tuple[float, list[str]]:
        return held_out_copied_share(text, form.piece), [
            rules.write_sample_text(network, form, temperature) for temperature in _TEMPERATURES
        ]

    held_out, lines = cache_in_session("mission_copied", opened.run_records[0].id, measure_copying)
    for temperature, line in zip(_TEMPERATURES, lines, strict=True):
        st.markdown(t("missions.writing.copied.written", temperature=temperature))
        parts = []
        place = 0
        for piece in find_copied_pieces(line, learned, form.piece):
            parts += [(line[place : piece.begin], False), (line[piece.begin : piece.end], True)]
            place = piece.end
        parts.append((line[place:], False))
        st.html(render_template("fvapp.ui.missions", "copied.html", form=form, parts=parts))
        share = share_as_percent(copied_share_of_text(line, learned, form.piece), 0)
        st.markdown(
            t(
                "missions.writing.copied.share",
                n=form.piece,
                share=share,
                held=share_as_percent(held_out, 0),
            )
        )
        unknown = rules.unknown_words(line, text, form)
        if unknown:
            st.markdown(t("missions.writing.copied.unknown", words=t("common.comma").join(unknown)))


def _draw_both_facts(opened: OpenMission) -> None:
    """Draw how a network continues sentences about two heroes, and the fact each network learned."""
    t = opened.t
    network, form, _ = _network_and_text(opened, 0)
    begins, *ends = form.fact

    def ask_both_networks() -> tuple[list[tuple[str, str, str]], list[tuple[float, float]]]:
        heroes = rules.BEGINNINGS[opened.run_records[0].settings.dataset].heroes
        rows = [
            (beginning, end, f"{times}")
            for beginning in heroes
            for end, times in rules.count_continuations(network, beginning, form)[:_ENDS]
        ]
        return rows, [
            rules.fact_ending_shares(_network_and_text(opened, run)[0], form) for run in range(2)
        ]

    rows, shares = cache_in_session(
        "mission_whose", tuple(record.id for record in opened.run_records), ask_both_networks
    )
    head = (t(f"missions.writing.whose.{word}") for word in ("beginning", "goes_on"))
    write_markdown_table(
        (*head, t("missions.writing.whose.times", n=rules.TRIES)), rows, worded=True
    )
    st.markdown(t("missions.writing.whose.exchanged", begins=begins.strip()))
    learned = [
        (t(f"missions.writing.whose.{run}"), *map(share_as_percent, run_shares))
        for run, run_shares in zip(("told", "other"), shares, strict=True)
    ]
    write_markdown_table((t("missions.writing.whose.learned"), *ends), learned)


def _draw_large_network_comparison(opened: OpenMission) -> None:
    """Draw a table that compares the visitor's network with a large language model."""
    t = opened.t
    _, form, text = _network_and_text(opened, 0)
    numbers = {
        "weights": f"{count_parameters(opened.run_records[0].settings):,}",
        "text": f"{len(text):,}",
        "sight": form.context,
        "pieces": len(form.signs),
    }
    words = "missions.writing.large"
    rows = [
        (t(f"{words}.{row}.name"), t(f"{words}.{row}.yours", **numbers), t(f"{words}.{row}.large"))
        for row in _ROWS
    ]
    write_markdown_table(
        [t(f"{words}.{column}") for column in ("what", "yours", "large")], rows, worded=True
    )
    st.markdown(t(f"{words}.alike"))
    st.markdown(t(f"{words}.unlike"))
    st.caption(t(f"{words}.source"))


def _network_and_text(opened: OpenMission, run: int) -> tuple[Network, TextForm, str]:
    """Return the network, the text encoding and the shipped text of the run with index `run`."""
    record = opened.run_records[run]
    network = opened.visit.load_network(record.id)
    return (
        network,
        record.settings.dataset_info.text_form,
        read_shipped_text(record.settings.dataset),
    )


_SCREENS = {
    "guesses": _draw_sign_guesses,
    "copied": _draw_copied_pieces,
    "whose": _draw_both_facts,
    "large": _draw_large_network_comparison,
}
