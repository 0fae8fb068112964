"""What is finished is kept: results of cities in files that are whole or absent, named by what made them."""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: Bytes of the digest in front of every file.
_DIGEST = 32


class StoreError(OSError):
    """A result cannot be kept; the message says where and why."""


class Store:
    """A folder of results by key.

    A file that a killed process or a power cut left half written does not count: each begins with the digest
    of the rest, and gets its name only when it is on the disk.

    Parameters
    ----------
    folder : Path
        Made when the first result comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, key: str) -> Path:
        """Where the result of a key is kept."""
        return self._folder / f"{key}.pickle"

    def __contains__(self, key: str) -> bool:
        return self._read(key) is not None

    def get(self, key: str) -> Any:
        """Return a result.

        Raises
        ------
        KeyError
            When there is none, or it is not whole.
        """
        content = self._read(key)
        if content is None:
            raise KeyError(key)
        return pickle.loads(content)

    def put(self, key: str, result: Any) -> None:
        """Keep a result.

        Raises
        ------
        StoreError
            When it cannot be written; what was kept before stays.
        """
        content = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
        target = self.path(key)
        new: Path | None = None
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".new-", dir=target.parent)
            new = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest())
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.replace(target)
        except OSError as error:
            raise StoreError(
                error.errno, f"cannot keep a finished city: {error.strerror or error}", str(target)
            ) from error
        finally:
            if new is not None:
                new.unlink(missing_ok=True)

    def _read(self, key: str) -> bytes | None:
        try:
            content = self.path(key).read_bytes()
        except FileNotFoundError:
            return None
        digest, rest = content[:_DIGEST], content[_DIGEST:]
        return rest if hashlib.sha256(rest).digest() == digest else None


def key_of(stage: str, city: str, depends: Iterable[object]) -> str:
    """Return a key for a stage of a city that changes with anything it depends on."""
    text = "\n".join([stage, city, *map(str, depends)])
    return f"{stage}/{city}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"
