"""What search learns from judged questions beside its weights: how vectors are tuned to the field (`tuning`), and which
incidents answered questions like this one (`questions`). Both belong to one embedder and are made by
`retrieval.calibrate`.
"""

from retrieval.learned.kept import NOTHING, Learned, bundled_learned, keep_learned, load_learned
from retrieval.learned.questions import Answered, Questions
from retrieval.learned.tuning import Tuning

__all__ = [
    "NOTHING",
    "Answered",
    "Learned",
    "Questions",
    "Tuning",
    "bundled_learned",
    "keep_learned",
    "load_learned",
]
