"""The retrieval room's errors.

RetrievalError
├── BundleError           model data that cannot be fetched, or is not what the manifest says
├── EmbedderUnavailable   the embedder cannot be loaded
├── IndexMismatch         a saved index of another embedder, knowledge or format
├── NotCalibrated         search parameters that belong to another embedder
└── QueryError            a query that cannot be searched for

Messages are Chinese: they are shown to people as they are.
"""


class RetrievalError(Exception):
    """Root of this room's errors; `str(error)` is a Chinese sentence for people."""


class BundleError(RetrievalError):
    """Model data is missing, unreachable or damaged."""


class EmbedderUnavailable(RetrievalError):
    """The embedder is missing or damaged."""


class IndexMismatch(RetrievalError):
    """The saved index does not belong to this embedder, knowledge or program: build it again."""


class NotCalibrated(RetrievalError):
    """Nobody has fitted yet what this embedder's cosines mean: `crisisdesk reindex` does."""


class QueryError(RetrievalError):
    """The query holds nothing that can be searched for."""
