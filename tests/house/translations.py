#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the translations against the texts of the window: what is missing, and what does not fit its English text.

Texts without a translation are told as a list; with --strict they fail, too.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "resources" / "translations"
HOW = "Run ./dev translations, then write the missing words into {} (Qt Linguist, or any editor)."


def messages(file):
    """(context, source, comment) -> the message's element"""
    found = {}
    for context in tree.parse(file).getroot().iter("context"):
        for message in context.iter("message"):
            found[context.findtext("name"), message.findtext("source"), message.findtext("comment")] = message
    return found


def forms(message):
    """The translations of a message: one, or one per plural form."""
    translation = message.find("translation")
    if message.get("numerus") == "yes":
        return [form.text or "" for form in translation.iter("numerusform")]
    return [translation.text or ""]


def is_missing(message):
    return message.find("translation").get("type") == "unfinished" or not all(forms(message))


def placeholders(text):
    return sorted(set(re.findall(r"%L?\d+|%L?n", text)))


def accelerators(text):
    return len(re.findall(r"&(?![&\s]|amp;|\w+;)", text.replace("&&", "")))


def ending(text):
    """What a label's end tells: that more is asked first, that a field follows."""
    stripped = text.rstrip()
    return "…" if stripped.endswith("…") else ":" if stripped.endswith((":", "：")) else ""


def misfit(source, text):
    if placeholders(source) != placeholders(text):
        return "its placeholders are {}, not {}".format(" ".join(placeholders(text)) or "none", " ".join(placeholders(source)) or "none")
    if accelerators(source) != accelerators(text):
        return "its accelerator (&) is lost or new"
    if ending(source) != ending(text):
        return "it must end in “{}”".format(ending(source)) if ending(source) else "it must not end in “{}”".format(ending(text))
    if re.findall(r"\(\*\.\w+\)", source) != re.findall(r"\(\*\.\w+\)", text):
        return "its endings of files are others"
    if re.findall(r"</?\w+>", source) != re.findall(r"</?\w+>", text):
        return "its tags are others"
    return None


def check(file, strict):
    """Whether the file is sound; says what is not."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = shutil.copy(file, folder)
        subprocess.run([FOLDER / "update.sh", fresh], check=True)
        wanted, kept = messages(fresh), messages(file)
    name = file.relative_to(FOLDER.parents[1])
    wrong = []
    for key in kept.keys() - wanted.keys():
        wrong.append("no longer in the program: {}: {!r}".format(key[0], key[1]))
    missing = [key for key, message in wanted.items() if is_missing(message)]
    for key, message in wanted.items():
        for text in [] if key in missing else forms(message):
            why = misfit(key[1], text)
            if why:
                wrong.append("{}: {!r}: {}".format(key[0], key[1], why))
    for line in sorted(wrong):
        print("{}: {}".format(name, line))
    for key in missing:
        print("{}: no translation: {}: {!r}".format(name, key[0], key[1]))
    if missing or wrong:
        print(HOW.format(name))
    return not wrong and not (strict and missing)


def main():
    files = sorted(FOLDER.glob("*.ts"))
    if not files:
        sys.exit("There are no translations in {}.".format(FOLDER))
    sound = [check(file, "--strict" in sys.argv[1:]) for file in files]
    sys.exit(0 if all(sound) else 1)


if __name__ == "__main__":
    main()
