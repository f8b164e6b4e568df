"""What a release changes against another, in plain Chinese: rules by meaning, everything else by file and field."""

from datetime import date

from engine.releases.needs import two_because
from engine.releases.record import Comparison
from engine.releases.release import Release
from engine.releases.views import FileChange, ReleaseDiff, RuleChangeView
from engine.releases.wording import file_change
from rules.diff import rule_changes


def release_diff(old: Release | None, new: Release, comparison: Comparison | None, today: date) -> ReleaseDiff:
    """Everything that differs; against None everything is new, and only files are listed."""
    changed = new.content.changes_since(old.content) if old else dict(new.content.files)
    return ReleaseDiff(
        old=old.hash if old else None,
        new=new.hash,
        files=tuple(changed),
        rules=_rules(old, new, today) if old else (),
        others=_others(old, new, tuple(changed)) if old else (),
        two_because=two_because(old, new, comparison, today),
    )


def _rules(old: Release, new: Release, today: date) -> tuple[RuleChangeView, ...]:
    return tuple(
        RuleChangeView(
            rule=one.rule, title=one.title, kind=one.kind.value, summary=one.summary, sentences=one.sentences
        )
        for one in rule_changes(old.rules.rules, new.rules.rules, today)
    )


def _others(old: Release, new: Release, changed: tuple[str, ...]) -> tuple[FileChange, ...]:
    """Rule files are told by meaning, their tests by case, the rest by field."""
    told = {f"rules/packs/{rule.id.replace('.', '/')}.yaml" for rule in (*old.rules.rules, *new.rules.rules)}
    return tuple(
        file_change(path, old.content.files.get(path), new.content.files.get(path))
        for path in changed
        if path not in told
    )
