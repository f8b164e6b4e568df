"""States are read back as they were written, also those of the program's first version."""

from pathlib import Path

from engine.core import BrandCore
from engine.incident_book import IncidentBook
from engine.model import Realm
from engine.window_state import STATE_VERSION, BrandState, DayPeak
from engine.windows import advance, overlap, samples
from tests.support.made import OWN
from tests.support.window_stream import FEE, SERVICE, stream

OLD = Path(__file__).with_name("state_of_the_first_version.json")
"""What that version wrote after the first `BEFORE` of `stream`."""
BEFORE = 150


def test_a_state_of_the_first_version_goes_on_with_the_same_facts() -> None:
    records = list(stream())
    fresh = BrandState.empty(Realm.live, OWN)
    for record in records[:BEFORE]:
        fresh, _ = advance(fresh, record)
    old = BrandState.from_json(OLD.read_bytes())
    assert old.version == STATE_VERSION
    for record in records[BEFORE:]:
        fresh, wanted = advance(fresh, record)
        old, found = advance(old, record)
        assert found == wanted
        assert samples(old, FEE) == samples(fresh, FEE)
        assert overlap(old, SERVICE, FEE) == overlap(fresh, SERVICE, FEE)
    assert wanted
    assert overlap(old, SERVICE, FEE) > 0


def test_a_whole_core_of_the_first_version_is_read_as_well() -> None:
    book = IncidentBook(Realm.live, OWN).to_json()
    core = BrandCore.from_json(b'{"windows":' + OLD.read_bytes() + b',"book":' + book + b',"spoken":{}}')
    assert core.windows.to_json() == BrandState.from_json(OLD.read_bytes()).to_json()
    assert core.shadow_spoken == {}


def test_writing_and_reading_a_state_after_every_record_changes_nothing() -> None:
    kept = restored = BrandState.empty(Realm.live, OWN)
    restored = BrandState.from_json(kept.to_json())
    for record in stream():
        kept, wanted = advance(kept, record)
        restored, found = advance(restored, record)
        assert found == wanted
        written = restored.to_json()
        assert written == kept.to_json()
        restored = BrandState.from_json(written)


def test_a_peak_is_remembered_for_a_day_and_lower_ones_before_a_higher_are_not() -> None:
    peak = DayPeak()
    for minute, value in ((0, 5.0), (30, 7.0), (60, 3.0), (61, 2.0)):
        peak.note(minute, minute, value)
    assert peak.peaks == [(3, 7.0), (6, 3.0)]
    assert peak.within_day(1440) == 7.0
    assert peak.within_day(1440 + 40) == 3.0
    assert peak.within_day(3000) is None
    peak.note(55, 2000, 9.0)
    assert peak.within_day(1500) is None, "what comes more than a day late is not remembered"
