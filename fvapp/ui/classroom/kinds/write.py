"""Draws the screens of a round (class activity) in which all students write two sentences."""

from math import sqrt
from zlib import crc32

import streamlit as st

from fvapp.core.classroom import Classroom, Round
from fvapp.core.classroom.kinds.write import (
    MOST_SENTENCE_SIGNS,
    SENTENCES,
    STORIES,
    StudentSentence,
    WriteRound,
    WriteRoundView,
    check_sentence_length,
    min_sentence_length,
    read_typed_sentence,
)
from fvapp.core.dataset_table import DATASETS
from fvapp.core.texts.own import LEAST_ALONE, LEAST_MIXED, read_own_text
from fvapp.core.texts.signs import CleanText
from fvapp.core.wording import Translate
from fvapp.ui.browser import draw_expander
from fvapp.ui.classroom.round_screens import RoundScreens, render_class_template
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import (
    ask_consent,
    draw_command_button,
    give_engine_command,
    has_other_training_pcs,
)
from fvapp.ui.visit import Visit

_LARGEST = 3.2  # largest font size on the projector, in percent of the page's width
# Maximum area of all projected letters together, in squares whose side is 1% of the page's width. A
# Chinese character counts as two letters.
_AREA = 4_000.0


class WriteScreens(RoundScreens):
    """Draws the screens of a class activity in which all students write sentences.

    Once the teacher reveals the results, the projector shows the sentences that the teacher has
    accepted.
    """

    count_words = "written"

    def draw_round_subject_fields(self, classroom, t):
        languages = [DATASETS[name].text_form.language for name in STORIES]
        st.selectbox(
            t("classroom.write.stories"),
            STORIES,
            languages.index(classroom.language) if classroom.language in languages else 0,
            format_func=lambda name: t(DATASETS[name].dataset_text_key("name")),
            key="round_stories",
        )
        return ("round_stories",)

    def draw_round_for_student(self, visit, current):
        t = visit.t
        for sentence in current.sentences:
            if sentence.accepted is False:
                st.markdown(t("classroom.write.off", sentence=escape_markdown(sentence.text)))
        if current.revealed:
            super().draw_round_for_student(visit, current)
            return
        st.markdown(
            t(
                "classroom.write.ask",
                least=min_sentence_length(current.subject),
                most=MOST_SENTENCE_SIGNS,
            )
        )
        if room := DATASETS[current.subject].text_form.spare_sign_count:
            st.caption(t("classroom.write.room", n=room))
        sent = [sentence.text for sentence in current.sentences]
        read = [
            read_typed_sentence(_draw_sentence_field(visit, current, place, sent), current.subject)
            for place in range(SENTENCES)
        ]
        for sentence in read:
            with visit.messages.showing_errors_here():
                check_sentence_length(sentence.text, current.subject)
            if sentence.dropped_characters:
                st.markdown(
                    t(
                        "classroom.write.dropped",
                        text=escape_markdown(sentence.text),
                        characters=escape_markdown(" ".join(sentence.dropped_characters)),
                    )
                )
        if sent and [sentence.text for sentence in read if sentence.text] == sent:
            st.caption(t("classroom.write.sent"))
        st.button(
            t("classroom.write.send"),
            key="round_send",
            type="primary",
            on_click=_send_sentences,
            args=(visit, current, read),
        )

    def draw_round_on_projector(self, current, view, now, t):
        if current.revealed:
            _draw_accepted_sentences(current, view, t)

    def draw_round_on_board(self, visit, classroom, current, view):
        # The sentences are in an expander, since the teacher's screen may be projected.
        draw_expander(
            "sentences",
            visit.t("classroom.write.read", n=len(view.sentences)),
            300,
            _draw_sentence_approvals,
            visit,
            classroom,
            view,
        )


SCREENS = WriteScreens()


def _draw_sentence_field(visit: Visit, current: WriteRound, place: int, sent: list[str]) -> str:
    """Draw the field for a sentence, and return its text.

    The text stays in the field when the student leaves the page and comes back.
    """
    key = f"sentence_{current.number}_{place}"
    drafts = st.session_state.setdefault("sentence_drafts", {})
    drafts[key] = st.text_area(
        visit.t("classroom.write.sentence", n=place + 1),
        drafts.get(key) or "".join(sent[place : place + 1]),
        key=key,
        height=80,
        max_chars=MOST_SENTENCE_SIGNS,
    )
    return drafts[key]


def _send_sentences(visit: Visit, current: WriteRound, read: list[CleanText]) -> None:
    """Send the student's sentences to the class.

    If characters of a sentence must be dropped, send nothing until the page has shown them. The
    page shows below the fields that a sentence is too short or too long.
    """
    now = [
        read_typed_sentence(st.session_state[f"sentence_{current.number}_{place}"], current.subject)
        for place in range(SENTENCES)
    ]
    if now == read or not any(sentence.dropped_characters for sentence in now):
        with visit.messages.queueing_errors(but="round_sentence"):
            visit.engine.rounds.answer_round(
                visit.token, current.number, "\n".join(sentence.text for sentence in now)
            )


def _draw_sentence_approvals(visit: Visit, classroom: Classroom, view: WriteRoundView) -> None:
    """Draw a checkbox for each sentence with its author; the teacher keeps the ticked sentences.

    Unread sentences come first.
    """
    t = visit.t
    st.caption(t("classroom.write.read_help"))
    names = {
        student.id: student.nickname
        for student in visit.engine.teachers.class_snapshot(visit.token, classroom.id).students
    }
    for sent in sorted(view.sentences, key=lambda sent: sent.sentence.accepted is not None):
        key = _sentences_key("judge", sent)
        st.session_state[key] = sent.sentence.accepted is not False
        st.checkbox(
            t(
                f"classroom.write.{'by_new' if sent.sentence.accepted is None else 'by'}",
                name=escape_markdown(names.get(sent.student_id, "")),
                text=escape_markdown(sent.sentence.text),
            ),
            key=key,
            on_change=_accept_or_reject_sentences,
            args=(visit, classroom, key, sent),
        )
    kept = [sent for sent in view.sentences if sent.sentence.accepted is not False]
    if any(sent.sentence.accepted is None for sent in kept):
        key = _sentences_key("accept", *kept)
        st.button(
            t("classroom.write.accept", n=len(kept)),
            key=key,
            type="primary",
            on_click=_accept_or_reject_sentences,
            args=(visit, classroom, key, *kept),
        )
    if view.accepted_sentences:
        read = read_own_text("\n".join(view.accepted_sentences), classroom.current_round.subject)
        least = LEAST_MIXED // DATASETS[classroom.current_round.subject].text_form.whites
        signs = len(read.text)
        if not has_other_training_pcs(visit) or ask_consent(visit, "trains", "class_text_pcs"):
            draw_command_button(
                visit,
                t("classroom.write.give", n=len(view.accepted_sentences), signs=signs, least=least),
                "give_sentences",
                visit.engine.class_drawings.make_sentence_data_set,
                classroom.id,
                type="primary",
                disabled=signs < least,
            )
        if read.dropped_characters:
            st.caption(
                t("classroom.write.left_out", characters=escape_markdown(read.dropped_characters))
            )
        st.caption(t("classroom.write.give_help", least=least, alone=f"{LEAST_ALONE:,}"))


def _sentences_key(action: str, *sentences: StudentSentence) -> str:
    """Return a widget key for these sentences; late clicks then cannot accept newer sentences."""
    return f"{action}_{crc32(repr(sentences).encode())}"


def _accept_or_reject_sentences(
    visit: Visit, classroom: Classroom, key: str, *sentences: StudentSentence
) -> None:
    """Accept the sentences if their checkbox is ticked or button pressed; otherwise reject them."""
    give_engine_command(
        visit,
        visit.engine.rounds.record_sentence_decision,
        classroom.id,
        [(sent.student_id, sent.sentence.text) for sent in sentences],
        st.session_state.get(key) is True,
    )


def _draw_accepted_sentences(current: Round, view: WriteRoundView, t: Translate) -> None:
    form = DATASETS[current.subject].text_form
    text = form.word_gap.join(view.accepted_sentences)
    st.html(
        render_class_template(
            "sentences.html",
            t=t,
            text=text,
            form=form,
            size=min(_LARGEST, sqrt(_AREA / max(1, len(text)) / form.whites)),
        )
    )
