"""From a raw record to a Mention: parsing, column mapping, validation, identity, time, masking of personal data.

`open_records` reads a file or standard input, `read_objects` a request. Every record comes out as `Accepted` or as
`Rejected` with place, field and reason; the rest of the input is always processed. See docs/adr/0007.
"""

from engine.intake.fields import TEXT_LIMIT
from engine.intake.identity import canonical_url, engagement_update, identity_keys, mention_id, same_content
from engine.intake.mapping import ColumnMapping, FieldName, suggest_mapping
from engine.intake.masking import mask_personal_data
from engine.intake.outcomes import Accepted, Outcome, Rejected
from engine.intake.parsing import LINE_LIMIT, bounded_lines
from engine.intake.reading import REQUEST_LIMIT, open_records, read_csv, read_jsonl, read_objects, read_xlsx
from engine.intake.records import LABEL_FIELDS, RECORD_FIELDS
from engine.intake.times import CHINA, FUTURE_TOLERANCE, Clock

__all__ = [
    "CHINA",
    "FUTURE_TOLERANCE",
    "LABEL_FIELDS",
    "LINE_LIMIT",
    "RECORD_FIELDS",
    "REQUEST_LIMIT",
    "TEXT_LIMIT",
    "Accepted",
    "Clock",
    "ColumnMapping",
    "FieldName",
    "Outcome",
    "Rejected",
    "bounded_lines",
    "canonical_url",
    "engagement_update",
    "identity_keys",
    "mask_personal_data",
    "mention_id",
    "open_records",
    "read_csv",
    "read_jsonl",
    "read_objects",
    "read_xlsx",
    "same_content",
    "suggest_mapping",
]
