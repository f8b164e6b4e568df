"""The same question is asked once, by this process and by the next; the file can do no harm."""

from pathlib import Path

from engine.language_model.answer_memory import LIMIT, AnswerMemory
from engine.language_model.protocol import Prefix

PREFIX = Prefix("写声明。", ("近日，",), "微博")
WORDINGS = ("甲", "乙", "丙")


def asked(memory: AnswerMemory, answer: int, prefix: Prefix = PREFIX, model: str = "m") -> tuple[int, bool]:
    """What memory gives, and whether the model was asked for it."""
    seen: list[int] = []

    def ask() -> int:
        seen.append(answer)
        return answer

    return memory.answer(model, prefix, WORDINGS, ask), bool(seen)


def test_a_question_is_asked_once_in_this_process_and_not_in_the_next(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "answers.txt"
    memory = AnswerMemory(file)
    assert asked(memory, 2) == (2, True)
    assert asked(memory, 0) == (2, False)
    assert asked(AnswerMemory(file), 0) == (2, False)


def test_another_paragraph_topic_or_model_is_another_question() -> None:
    memory = AnswerMemory()
    asked(memory, 2)
    assert asked(memory, 1, Prefix(PREFIX.instruction, ("近", "日，"), "微博"))[1]
    assert asked(memory, 1, Prefix(PREFIX.instruction, PREFIX.segments, "公众号"))[1]
    assert asked(memory, 1, model="other")[1]


def test_the_file_holds_no_word_of_a_draft(tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    asked(AnswerMemory(file), 1)
    assert file.read_text(encoding="ascii").split()[1:] == ["1"]


def test_a_damaged_file_is_done_without(tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    asked(AnswerMemory(file), 1)
    question = file.read_text(encoding="ascii").split()[0]
    for content in (b"\xff\xfe", b"nonsense\n", f"{question} 7\n".encode(), f"{question} -1\n".encode()):
        file.write_bytes(content)
        assert asked(AnswerMemory(file), 2) == (2, True)


def test_a_folder_in_the_place_of_the_file_is_done_without(tmp_path: Path) -> None:
    assert asked(AnswerMemory(tmp_path), 2) == (2, True)


def test_a_file_that_grew_too_long_is_cut_to_what_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    file.write_text("".join(f"{number:032x} 1\n" for number in range(2 * LIMIT + 1)), encoding="ascii")
    asked(AnswerMemory(file), 2)
    lines = file.read_text(encoding="ascii").splitlines()
    assert len(lines) == LIMIT + 1
    assert lines[0] == f"{LIMIT + 1:032x} 1"
