"""A Secret that the real SOPS has encrypted, for a key that is for tests alone."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ENCRYPTED", "KEY", "PLAIN", "RECIPIENT"]

_FOLDER = Path(__file__).parent / "cases" / "sops"
#: The key of age that decrypts it, and who it is encrypted for.
KEY = "AGE-SECRET-KEY-1W4WT53EEWVH3CS2CGY2LPNY2AF2ZT8A9R6SGMVJAEGGZ6JVJX0WQA2ZRF2"
RECIPIENT = "age1hpvgqcf7fmu2t07cs2a24jc6hknuscx0xklhr6cs39a2z3c63ass4ns44k"

PLAIN = (_FOLDER / "db.yaml").read_text(encoding="utf-8")
ENCRYPTED = (_FOLDER / "db.enc.yaml").read_text(encoding="utf-8")
