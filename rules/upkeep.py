"""What a rule's owner has to keep up: review, alert budget, and where a deprecated rule points."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from rules.document import Document
from rules.errors import Fault, suggest
from rules.schema import RuleStatus


def upkeep_faults(document: Document, on: date | None) -> Iterator[Fault]:
    """The faults of one file on this day (None: nothing is overdue)."""
    data = document.data if isinstance(document.data, dict) else {}
    status, review_by = data.get("status"), data.get("review_by")
    if on and isinstance(review_by, date) and review_by < on and status != RuleStatus.deprecated:
        days = (on - review_by).days
        yield document.fault(
            ("review_by",),
            f"复核已逾期 {days} 天（应在 {review_by} 前复核），请复核后把 review_by 改到下一次复核的日期",
        )
    if status == RuleStatus.active and "alert_budget_per_week" not in data:
        yield document.fault(
            ("status",), "生效的规则要写 alert_budget_per_week（每周预计最多告警几次，超出会提醒负责人，不会少报）"
        )


def replacement_faults(documents: Iterable[Document]) -> Iterator[Fault]:
    """Deprecated rules whose successor is not there, is deprecated itself, or is the rule itself."""
    found = {str(data.get("id")): data for data in map(_data, documents) if data.get("id")}
    for document in documents:
        told = _data(document).get("deprecated")
        successor = told.get("replaced_by") if isinstance(told, dict) else None
        if successor is None:
            continue
        place = ("deprecated", "replaced_by")
        if successor == _data(document).get("id"):
            yield document.fault(place, "规则不能由自己接替，请写接替它的规则，没有就删去 replaced_by")
        elif successor not in found:
            yield document.fault(
                place, f'没有规则 "{successor}"{suggest(str(successor), found) or "，请改成现有的规则"}'
            )
        elif found[successor].get("status") == RuleStatus.deprecated:
            yield document.fault(place, f'接替的规则 "{successor}" 自己也已停用，请改成现在生效的规则')


def _data(document: Document) -> Mapping[str, object]:
    return document.data if isinstance(document.data, dict) else {}
