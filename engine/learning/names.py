"""People's names in what others wrote: found by how they are announced, and by word class.

Word classes are jieba's (hidden Markov model over the People's Daily corpus; `nr` is a person's name). It finds most
Chinese names, not all: what it leaves a person takes out, and texts from outside are only ever proposals.
"""

import logging
import re
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

SOMEBODY: Final = "某人"

_CUES: Final = r"(?:我叫|名叫|叫做|姓名是?|名字是?|联系人|收件人|实名)[ :：]{0,2}"
_ENDS: Final = r"(?=[，。！？；：、,.!?;: )）”\"'的说称在被和与]|$)"
_ANNOUNCED: Final = re.compile(rf"(?P<head>{_CUES})(?P<name>[\u4e00-\u9fff·]{{2,4}}?){_ENDS}")
_LATIN: Final = re.compile(rf"(?P<head>{_CUES})(?P<name>[A-Za-z]+(?:[ ·][A-Za-z]+){{0,2}})")
_TITLED: Final = re.compile(
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范石廖贾夏韦傅方邹孟熊秦邱江尹薛闫雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤]"
    "[\u4e00-\u9fff]{0,2}?(?:先生|女士|小姐|老师|经理|主管|主任|总监|律师|师傅)"
)
_TAGS: Final = frozenset({"nr", "nrt", "nrfg"})


def without_names(text: str) -> str:
    """The text with people's names replaced by 某人."""
    for announced in (_ANNOUNCED, _LATIN):
        text = announced.sub(rf"\g<head>{SOMEBODY}", text)
    text = _TITLED.sub(SOMEBODY, text)
    return "".join(_merged(text))


def _merged(text: str) -> Iterator[str]:
    """The words of the text, neighbouring names as one."""
    was_name = False
    for word, tag in classed_words(text):
        is_name = tag in _TAGS and len(word.strip()) > 0
        if is_name and not was_name:
            yield SOMEBODY
        elif not is_name:
            yield word
        was_name = is_name


def classed_words(text: str) -> Iterator[tuple[str, str]]:
    """The words of a text with jieba's word classes: `nr...` people, `ns` places, `nt` organisations."""
    for pair in _tagger().cut(text):
        yield pair.word, pair.flag


def is_common(char: str) -> bool:
    """Whether the word classes know a character: the model tries every class for one that it does not, in 20 ms."""
    return char in _common()


@cache
def _common() -> frozenset[str]:
    _tagger()
    from jieba.posseg import char_state_tab_P  # noqa: PLC0415

    return frozenset(char_state_tab_P)


@cache
def _tagger() -> Any:
    """Word classes. The dictionary is built here: jieba's own start reads a file of a known name from the temporary
    folder that all users share.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its sources have escapes that compiling warns of
        import jieba  # noqa: PLC0415 - slow to import
        from jieba.posseg import POSTokenizer  # noqa: PLC0415
    jieba.setLogLevel(logging.ERROR)
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return POSTokenizer(cutter)
