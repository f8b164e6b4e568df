"""The installation's key: made once, readable by its owner only; only trusted public keys count."""

import stat
from pathlib import Path

import pytest

from engine.errors import InputError
from engine.signing import Signer, TrustedKeys


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "signing_key.pem"
    first, second = Signer.load_or_create(path), Signer.load_or_create(path)
    assert first.public == second.public
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["signing_key.pem"]


def test_a_signature_counts_for_its_message_and_key_alone() -> None:
    signer, other = Signer.generate(), Signer.generate()
    signature = signer.sign(b"text")
    assert TrustedKeys.of(signer).accepts(b"text", signature)
    assert not TrustedKeys.of(signer).accepts(b"texT", signature)
    assert not TrustedKeys.of(other).accepts(b"text", signature)


@pytest.mark.parametrize(
    "signature", ["", "ed25519", "ed25519:x:y", "rsa:{id}:{value}", "ed25519:{id}:!!", "ed25519:{id}:"]
)
def test_odd_signatures_are_simply_not_accepted(signature: str) -> None:
    signer = Signer.generate()
    _, key, value = signer.sign(b"text").split(":")
    assert not TrustedKeys.of(signer).accepts(b"text", signature.format(id=key, value=value))


def test_trusted_keys_are_read_from_lines_with_remarks() -> None:
    signer = Signer.generate()
    trusted = TrustedKeys.from_lines(["# 总部", "", f"{signer.public_line}  # 公关部"])
    assert trusted.accepts(b"text", signer.sign(b"text"))


def test_a_bad_public_key_is_named_by_its_line() -> None:
    with pytest.raises(InputError, match=r"keys\.txt:2"):
        TrustedKeys.from_lines(["", "not a key"], "keys.txt")


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_file_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(InputError, match="已损坏"):
        Signer.load_or_create(path)
