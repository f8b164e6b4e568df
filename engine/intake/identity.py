"""Who is who: one identity for a mention, within a tool and across tools.

Within a tool the identity is (source, external_id). Across tools it is the canonical URL.
"""

import re
import unicodedata
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

from engine.errors import InputError
from engine.model import Engagement, EngagementUpdate, Mention, MentionKind

_TRACKING = re.compile(
    r"utm_\w+|spm|scm|from|from_\w+|share\w*|sharer_\w+|weibo_id|wm|sudaref|scene|source|src|ref|refer\w*|timestamp"
    r"|_t|t|wfr|is_share|app_platform|xsec_\w+|xhsshare|appuid|apptime|display_from|tt_from|gd_label|iid|chksm|sessionid"
)
_MOBILE_HOST = re.compile(r"^(?:m|wap|mobile|h5|3g|www)\.(?=[^.]+\.)")
_SHARED_URL_KINDS = frozenset({MentionKind.comment, MentionKind.hot_search, MentionKind.inquiry})


def mention_id(source: str, external_id: str) -> str:
    """16 hex digits, the same for the same (source, external_id) on every machine."""
    return blake2b(f"{source}\x1f{external_id}".encode(), digest_size=8).hexdigest()


def canonical_url(url: str) -> str:
    """The URL that two tools would agree on: https, lower-case host, mobile hosts as www, no tracking
    parameters, no fragment, remaining parameters sorted.

    Raises:
        InputError: not an http(s) address.

    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise InputError("不是有效的网址", field="url") from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme.lower() not in {"http", "https"} or "." not in host or re.search(r"\s", url.strip()):
        raise InputError("不是有效的网址，应以 http:// 或 https:// 开头", field="url")
    bare = _MOBILE_HOST.sub("", host)
    named = f"www.{bare}" if bare.count(".") == 1 or bare != host else host
    query = sorted((key, value) for key, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(key.lower()))
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/") or "/"
    kept_port = f":{port}" if port not in {None, 80, 443} else ""
    return f"https://{named}{kept_port}{path}{'?' + urlencode(query) if query else ''}"


def identity_keys(mention: Mention) -> tuple[str, ...]:
    """Keys under which the store finds this mention again: its id, and its canonical URL where that names one
    mention alone (a comment carries the address of its post, a home page the address of everything).
    """
    own = f"id:{mention.id}"
    if mention.url is None or mention.kind in _SHARED_URL_KINDS:
        return (own,)
    canonical = canonical_url(mention.url)
    specific = urlsplit(canonical).path != "/" or "?" in canonical
    return (own, f"url:{blake2b(canonical.encode(), digest_size=8).hexdigest()}") if specific else (own,)


def content_key(*parts: str | None) -> str:
    """An external id for records whose tool gives none: the same content gives the same id."""
    joined = "\x1f".join(part or "" for part in parts)
    return "content:" + blake2b(joined.encode(), digest_size=12).hexdigest()


def same_content(first: Mention, second: Mention) -> bool:
    """Whether two mentions say the same, apart from spacing and character width. Counts and times may differ."""
    return _plain(first.text) == _plain(second.text)


def engagement_update(known: Mention, again: Mention) -> EngagementUpdate | None:
    """The update that `again`, a later sight of `known`, stands for; None if its counts say nothing new.

    Counts only grow: a tool that shows fewer, or none, does not take away what another has seen.
    """
    counts = {name: max(seen, getattr(again.engagement, name)) for name, seen in known.engagement}
    if (grown := Engagement(**counts)) == known.engagement:
        return None
    return EngagementUpdate(
        mention=known.id, received_at=again.received_at, engagement=grown, previous=known.engagement
    )


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
