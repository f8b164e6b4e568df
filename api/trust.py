"""The key of an installation and the public keys that it believes."""

from api.settings import Settings
from engine.signing import Signer, TrustedKeys

SIGNING_KEY = "signing-key.pem"
TRUSTED_KEYS = "trusted-keys.txt"


def open_signer(settings: Settings) -> Signer:
    """The installation's key; its public half is kept beside it for `crisisdesk verify`."""
    signer = Signer.load_or_create(settings.data_dir / SIGNING_KEY)
    public = settings.data_dir / TRUSTED_KEYS
    if not public.exists():
        public.write_text(f"{signer.public_line}\n", encoding="utf-8")
    return signer


def trusted_keys(settings: Settings) -> TrustedKeys:
    """The keys whose drafts this installation believes; none before its first start."""
    path = settings.data_dir / TRUSTED_KEYS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return TrustedKeys.from_lines(lines, place=str(path))
