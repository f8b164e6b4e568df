"""Who signed a draft: an Ed25519 key of this installation, and the public keys that verification trusts.

A signature reads `ed25519:<key id>:<base64>`; the key id is the BLAKE2b of the public key, 16 hex digits.
"""

import base64
import binascii
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.errors import InputError

_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _key_id(public: bytes) -> str:
    return blake2b(public, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one private key."""

    key: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> "Signer":
        """A signer with a new key that is nowhere stored."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load_or_create(cls, path: Path) -> "Signer":
        """The signer of a key file (PKCS8 PEM); a missing file is created with a new key, readable by its owner only.

        Raises InputError when the file is no Ed25519 key.
        """
        if not path.exists():
            _create_key_file(path)
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InputError("签名密钥文件已损坏", place=str(path)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise InputError("签名密钥不是 Ed25519 密钥", place=str(path))
        return cls(key)

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.key.public_key().public_bytes(*_RAW)

    @property
    def public_line(self) -> str:
        """The public key as a line of a file of trusted keys."""
        return base64.b64encode(self.public).decode()

    def sign(self, message: bytes) -> str:
        """The signature over a message, with the id of its key."""
        return f"ed25519:{_key_id(self.public)}:{base64.b64encode(self.key.sign(message)).decode()}"


def _create_key_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Written beside and linked into place: two processes that start together end with one whole key.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was first; its key counts
    finally:
        draft.unlink()


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """The public keys whose signatures count, by key id."""

    keys: Mapping[str, bytes]

    @classmethod
    def of(cls, *signers: Signer) -> "TrustedKeys":
        """Trust exactly these signers."""
        return cls({_key_id(signer.public): signer.public for signer in signers})

    @classmethod
    def from_lines(cls, lines: Iterable[str], place: str = "可信公钥") -> "TrustedKeys":
        """Trust the keys of a text: one a line in base64, `#` starts a remark. Raises InputError with the line."""
        keys: dict[str, bytes] = {}
        for number, line in enumerate(lines, 1):
            text = line.split("#")[0].strip()
            if text:
                raw = _public_key(text, f"{place}:{number}")
                keys[_key_id(raw)] = raw
        return cls(keys)

    def accepts(self, message: bytes, signature: str) -> bool:
        """Whether one of the trusted keys made this signature over this message."""
        kind, _, rest = signature.partition(":")
        key_id, _, encoded = rest.partition(":")
        raw = self.keys.get(key_id)
        if kind != "ed25519" or raw is None:
            return False
        try:
            signed = base64.b64decode(encoded, validate=True)
            Ed25519PublicKey.from_public_bytes(raw).verify(signed, message)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return base64.b64encode(signed).decode() == encoded  # unused bits of the last letter could hide a change


def _public_key(text: str, place: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
        Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError) as error:
        raise InputError("不是 Ed25519 公钥（base64）", place=place) from error
    return raw
