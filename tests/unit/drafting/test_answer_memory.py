"""The same question is asked once, by this process and by the next; the file can do no harm."""

from pathlib import Path

from engine.language_model.answer_memory import LIMIT, AnswerMemory, line_of
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
    question, answer, checksum = file.read_text(encoding="ascii").split()
    assert (len(question), answer, len(checksum)) == (32, "1", 8)


def remembered(file: Path, *numbers: int) -> list[str]:
    """The lines of a file in which as many questions as `numbers` were answered."""
    for number in numbers:
        asked(AnswerMemory(file), 1, model=f"m{number}")
    return file.read_text(encoding="ascii").splitlines()


def test_a_damaged_file_is_done_without(tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    (line,) = remembered(file, 0)
    question, answer, checksum = line.split()
    damaged = (f"{question} 2 {checksum}\n", f"{question} -1 {checksum}\n", f"{question} {answer}\n", line[:-1])
    for content in (b"\xff\xfe", b"nonsense\n", *map(str.encode, damaged)):
        file.write_bytes(content)
        assert asked(AnswerMemory(file), 2, model="m0") == (2, True)


def test_an_answer_of_which_only_the_beginning_was_written_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    wordings = tuple(f"第{number}种" for number in range(20))
    AnswerMemory(file).answer("m", PREFIX, wordings, lambda: 12)
    whole = file.read_bytes()
    for end in range(len(whole)):
        file.write_bytes(whole[:end])
        assert AnswerMemory(file).answer("m", PREFIX, wordings, lambda: 7) == 7


def test_damage_costs_its_own_line_alone_and_is_mended_with_the_next_reading(tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    first, second = remembered(file, 0, 1)
    for damage in (b"\xe4\xb8\xad\n", b"\x00\x80\n", f"{second[:-3]}\n".encode(), second[:-3].encode()):
        file.write_bytes(first.encode() + b"\n" + damage)
        assert asked(AnswerMemory(file), 2, model="m0") == (1, False)
        assert remembered(file, 2)[0] == first
        assert file.read_bytes().isascii()
        assert asked(AnswerMemory(file), 2, model="m2") == (1, False)


def test_a_folder_in_the_place_of_the_file_is_done_without(tmp_path: Path) -> None:
    assert asked(AnswerMemory(tmp_path), 2) == (2, True)


def test_a_file_that_grew_too_long_is_cut_to_what_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    file.write_text("".join(line_of(f"{number:032x}", 1) for number in range(2 * LIMIT + 1)), encoding="ascii")
    asked(AnswerMemory(file), 2)
    lines = file.read_text(encoding="ascii").splitlines(keepends=True)
    assert len(lines) == LIMIT + 1
    assert lines[0] == line_of(f"{LIMIT + 1:032x}", 1)
