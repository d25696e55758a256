# SPDX-License-Identifier: Apache-2.0
"""Files that are there whole or not at all, and what they are known by."""
import hashlib
import os

from . import Failure


def write_whole(path, write):
    """`write(partial)` makes the file; only then it takes the place of an older one. A kill or a full disk leaves that as it was."""
    partial = f'{path}.partial'
    try:
        write(partial)
        with open(partial, 'rb') as file:
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise Failure(f'{path} cannot be written: {error.strerror or error}.') from None


def sha256_of(path) -> str:
    digest = hashlib.sha256()
    try:
        with open(path, 'rb') as file:
            for piece in iter(lambda: file.read(1 << 20), b''):
                digest.update(piece)
    except OSError as error:
        raise Failure(f'{path} cannot be read: {error.strerror}.') from None
    return digest.hexdigest()
