"""Makes, parses, hashes and encrypts tokens and recovery codes.

A token (256 bits) opens a workspace, and is kept by the browser. A recovery code (80 bits) is
written on paper, and gives another browser a separate token. A seat code (40 bits), which the
teacher makes, opens a student's seat in another browser, once and within minutes. Tokens and codes
are stored only as hashes. The recovery code is also stored encrypted under each token, so that it
can be shown again.
"""

import hashlib
import hmac
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fvapp.core.errors import EngineError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32, without I, L, O and U
GROUPS = 4
SEAT_GROUPS = 2
LETTERS = 4
_BYTES = GROUPS * LETTERS * 5 // 8
_READ_AS = str.maketrans("OILU", "011V")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_NONCE_BYTES = 12


def new_token() -> str:
    return secrets.token_urlsafe(32)


def is_token(text: object) -> bool:
    """Return whether a value from a browser, which may be of any type, has the form of a token.

    All tokens, including those made in browsers, are 32 bytes in base64url.
    """
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def new_code(groups: int = GROUPS) -> str:
    """Return a new random code, such as the recovery code ``7KQ2-M0XR-4TZ9-PC3D``.

    Args:
        groups: number of groups of four letters; codes for seats have fewer groups.
    """
    return _code_from_bytes(secrets.token_bytes(_BYTES))[: groups * (LETTERS + 1) - 1]


def new_link_key() -> str:
    """Return a secret for a link: 96 random bits in 16 characters."""
    return secrets.token_urlsafe(12)


def parse_code(text: str, groups: int = GROUPS) -> str | None:
    """Return a typed code in the form of :func:`new_code`, or None if it is not a possible code.

    Lower case, spaces and missing hyphens are accepted. The letter O is read as 0, I and L as 1,
    and U as V.
    """
    letters = "".join(text.upper().translate(_READ_AS).replace("-", " ").split())
    if len(letters) != groups * LETTERS or not set(letters) <= set(ALPHABET):
        return None
    return _hyphenate_letters(letters)


def hash_secret(secret: str) -> str:
    """Return the hash under which a token or a code is stored instead of the secret itself."""
    return hashlib.sha256(secret.encode()).hexdigest()


def browser_id(token: str) -> str:
    """Return an id for a browser, which is part of the hash of its token.

    The id distinguishes browsers that open the same workspace.
    """
    return hash_secret(token)[:16]


def encrypt_code(code: str, token: str) -> bytes:
    """Encrypt a recovery code under a token with AES-GCM; return nonce, ciphertext and tag."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_derive_key(token)).encrypt(nonce, code.encode(), None)


def decrypt_code(sealed: bytes, token: str) -> str:
    """Return the recovery code that :func:`encrypt_code` encrypted under this token.

    The first format of the store masked codes instead; such codes are decoded, too.

    Raises:
        EngineError: ``store_damaged``: the bytes were not encrypted under this token.
    """
    if len(sealed) == _BYTES:
        pad = hmac.digest(token.encode(), b"recovery code", "sha256")
        return _code_from_bytes(bytes(a ^ b for a, b in zip(sealed, pad, strict=False)))
    try:
        return (
            AESGCM(_derive_key(token))
            .decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
            .decode()
        )
    except (InvalidTag, ValueError) as error:
        raise EngineError("store_damaged") from error


def _derive_key(token: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"fvapp recovery code").derive(token.encode())


def _code_from_bytes(content: bytes) -> str:
    number = int.from_bytes(content)
    letters = [ALPHABET[number >> 5 * place & 31] for place in reversed(range(GROUPS * LETTERS))]
    return _hyphenate_letters("".join(letters))


def _hyphenate_letters(letters: str) -> str:
    return "-".join(letters[start : start + LETTERS] for start in range(0, len(letters), LETTERS))
