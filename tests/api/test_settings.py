"""Settings: one prefix, Chinese faults, no default secret where others can reach."""

import stat
from pathlib import Path

import pytest

from api.settings import DEFAULT_SECRET, Settings, SettingsError, private_file, read_settings

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound here


def settings(tmp_path: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": tmp_path, **values})


def test_a_random_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = settings(tmp_path, host=EVERYWHERE).session_key()
    assert first == settings(tmp_path).session_key()
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize("host", [EVERYWHERE, "10.1.2.3", "::", "crisis.example"])
@pytest.mark.parametrize("secret", [DEFAULT_SECRET, "short"])
def test_a_default_or_short_secret_is_refused_where_others_can_reach(tmp_path: Path, host: str, secret: str) -> None:
    with pytest.raises(SettingsError, match="拒绝启动"):
        settings(tmp_path, host=host, secret=secret).session_key()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_default_secret_is_fine_on_this_machine(tmp_path: Path, host: str) -> None:
    assert settings(tmp_path, host=host, secret=DEFAULT_SECRET).session_key() == DEFAULT_SECRET.encode()


def test_wrong_values_are_all_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISISDESK_PORT", "many")
    monkeypatch.setenv("CRISISDESK_DEMO_SPEED", "0")
    with pytest.raises(SettingsError) as told:
        read_settings()
    assert "CRISISDESK_PORT 取值不对：应为整数" in str(told.value)
    assert "CRISISDESK_DEMO_SPEED 取值不对" in str(told.value)


def test_a_misspelt_variable_is_refused_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISISDESK_HOTLIN", "400-800-1234")
    monkeypatch.setenv("CRISISDESK_XYZ", "1")
    with pytest.raises(SettingsError) as told:
        read_settings()
    assert "没有 CRISISDESK_HOTLIN 这项设置，是否想写 CRISISDESK_HOTLINE？" in str(told.value)
    assert "没有 CRISISDESK_XYZ 这项设置" in str(told.value)


def test_the_demonstration_has_a_company_that_live_mode_refuses(tmp_path: Path) -> None:
    settings(tmp_path, demo=True).ensure_own_company()
    with pytest.raises(SettingsError, match="CRISISDESK_COMPANY、CRISISDESK_HOTLINE"):
        settings(tmp_path).ensure_own_company()
    with pytest.raises(SettingsError, match="请设置 CRISISDESK_HOTLINE（"):
        settings(tmp_path, company="某消费金融有限公司").ensure_own_company()
    settings(tmp_path, company="某消费金融有限公司", hotline="400-800-1234").ensure_own_company()


def test_a_chosen_value_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISISDESK_PORT", "9000")
    assert read_settings().port == 9000
    assert read_settings(port=9001).port == 9001


def test_a_private_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        private_file(tmp_path / "x", broken)
    assert list(tmp_path.glob("x")) == []
