"""Thirty students write two sentences each, and all their pages get the class's text in time."""

from time import perf_counter

SECONDS = 5.0  # maximum seconds until a page has the class's text


def test_a_class_of_thirty_has_its_text_soon_after_the_last_sentence(room):
    students = room.join_many(30)
    room.rounds.start_round("write", "stories")
    for number, student in enumerate(students):
        name = "abcdefghij"[number % 10] * 3 + "klm"[number // 10] * 3
        sentences = (f"the dog of {name} ate a cloud.", f"then {name} flew to the moon and back.")
        room.engine.rounds.answer_round(student, 1, "\n".join(sentences))
    begun = perf_counter()
    room.skip(1.0)
    read = [(sent.student_id, sent.sentence.text) for sent in room.rounds.round_view().sentences]
    assert len(read) == 60
    versions = [room.version(student) for student in students]
    room.rounds.record_sentence_decision(read, True)
    dataset = room.class_drawings.make_sentence_data_set()
    assert all(room.seat(student).data == dataset for student in students)
    assert perf_counter() - begun < SECONDS
    assert all(
        room.version(student) > version for student, version in zip(students, versions, strict=True)
    )
    (text,) = room.kept(students[17], dataset)
    assert text.text.count("flew to the moon") == 30
