# SPDX-License-Identifier: Apache-2.0
"""Trains LoRA adapters for tensorized reading with exact asking. See ../README.md; the command is `python3 -m octavo_adapt`."""


class Failure(Exception):
    """What a person can cause: one sentence that says what happened, to which file, and what to do."""
