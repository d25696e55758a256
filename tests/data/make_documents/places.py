#!/usr/bin/env python3
"""Writes what stands at each place of the corpus's documents, as programs other than Octavo see it.

    places.py FOLDER

For each document of FOLDER that has places, a file FOLDER/places/NAME.txt: one
place a line, a tab, and its text. Places are

    ¶ 12                 a paragraph or table row with text (DOCX, ODT, RTF), its notes behind it
    a/b.docx ¶ 12        the same of a document in an archive
    line 12              a line of a web page's source, its markup taken away
    a/b.xhtml:12         the same of a file in an EPUB
    cell 3               a notebook's cell: its source, and what it printed
    00:12:31             captions that begin in this second
    message 2            of a mailbox: subject and body
    3 120 57             a word of a PDF: page, and the middle of the word in points from the top left corner
"""

import email
import email.policy
import html.parser
import io
import json
import mailbox
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def flat(text):
    return " ".join(text.split())


def numbered(paragraphs):
    return [(f"¶ {at}", text) for at, text in enumerate(filter(None, map(flat, paragraphs)), 1)]


# Office files -----------------------------------------------------------------

class Docx:
    SKIPPED = {W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr")} | {MC + "Fallback"}

    def __init__(self, archive):
        self.notes = {}
        for kind in ("footnote", "endnote"):
            if f"word/{kind}s.xml" in archive.namelist():
                for note in ElementTree.fromstring(archive.read(f"word/{kind}s.xml")).iter(W + kind):
                    self.notes[kind, note.get(W + "id")] = " ".join(self.words(p, []) for p in note.iter(W + "p"))
        self.paragraphs = []
        self.body(ElementTree.fromstring(archive.read("word/document.xml")).find(W + "body"))

    def body(self, parent):
        for child in parent:
            if child.tag == W + "p":
                self.paragraphs += self.with_boxes(child)
            elif child.tag == W + "tbl":
                for row in child.iter(W + "tr"):
                    self.paragraphs.append(" ".join(part for p in row.iter(W + "p") for part in self.with_boxes(p)))
            elif child.tag not in self.SKIPPED:
                self.body(child)

    def with_boxes(self, paragraph):
        boxes = []
        text = self.words(paragraph, boxes)
        return [text] + [self.words(p, []) for box in boxes for p in box.iter(W + "p")]

    def words(self, paragraph, boxes):
        words, notes = [], []

        def walk(node):
            if node.tag in self.SKIPPED:
                return
            if node.tag == W + "txbxContent":
                boxes.append(node)
                return
            if node.tag == W + "t":
                words.append(node.text or "")
            elif node.tag in (W + "tab", W + "br", W + "cr"):
                words.append(" ")
            elif node.tag in (W + "footnoteReference", W + "endnoteReference"):
                notes.append(self.notes[node.tag[len(W):-len("Reference")], node.get(W + "id")])
            for child in node:
                walk(child)

        for child in paragraph:
            walk(child)
        return " ".join(["".join(words)] + notes)


class Odt:
    def __init__(self, archive):
        root = ElementTree.fromstring(archive.read("content.xml"))
        self.paragraphs = []
        self.body(root.find(".//{urn:oasis:names:tc:opendocument:xmlns:office:1.0}text"))

    def body(self, parent):
        for child in parent:
            if child.tag in (TEXT + "p", TEXT + "h"):
                self.paragraphs.append(self.with_notes(child))
            elif child.tag == TABLE + "table-row":
                self.paragraphs.append(" ".join(self.with_notes(p) for p in child.iter() if p.tag in (TEXT + "p", TEXT + "h")))
            elif child.tag not in (TEXT + "tracked-changes", TEXT + "sequence-decls"):
                self.body(child)

    def with_notes(self, paragraph):
        notes = []
        text = self.words(paragraph, notes)
        return " ".join([text] + [self.words(p, []) for note in notes for p in note.find(TEXT + "note-body")])

    def words(self, node, notes):
        text = node.text or ""
        for child in node:
            if child.tag == TEXT + "note":
                notes.append(child)
            elif child.tag in (TEXT + "s", TEXT + "tab", TEXT + "line-break"):
                text += " "
            else:
                text += self.words(child, notes)
            text += child.tail or ""
        return text


class Rtf:
    """Enough of RTF for the corpus: paragraphs, rows, footnotes, escapes."""
    SKIPPED = {"fonttbl", "colortbl", "stylesheet", "info", "header", "footer", "headerl", "headerr", "headerf", "footerl", "footerr", "footerf", "pict",
               "fldinst", "listtable", "listoverridetable", "listtext", "pntext", "generator", "bkmkstart", "bkmkend", "xe", "pgdsctbl", "ftnsep", "ftnsepc"}
    TOKEN = re.compile(r"\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\(.)|([{}])|[\r\n]+|(.)", re.S)
    SIGNS = {"tab": " ", "line": " ", "cell": " ", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
             "bullet": "•", "~": " ", "_": "-", "-": ""}

    def __init__(self, data):
        self.paragraphs = []
        stack, note, skip, skipped, row, fallback = [], None, False, 0, False, 1
        text, notes = "", []
        for word, number, byte, sign, brace, letter in self.TOKEN.findall(data.decode("latin-1")):
            if brace == "{":
                stack.append((skip, note, fallback))
            elif brace == "}" and stack:
                before = note
                skip, note, fallback = stack.pop()
                if before is not None and note is None:
                    notes.append(before[0])
            elif word in self.SKIPPED or (sign == "*"):
                skip = True
            elif word == "footnote":
                note, skip = [""], False
            elif skip:
                pass
            elif word == "uc":
                fallback = int(number)
            elif word == "intbl":
                row = True
            elif word in ("pard", "trowd"):
                row = word == "trowd"
            elif (word == "par" and not row) or word in ("row", "sect", "page"):
                if note is not None:
                    note[0] += " "
                else:
                    self.paragraphs.append(" ".join([text] + notes))
                    text, notes = "", []
            else:
                if word == "u":
                    piece, skipped = chr(int(number) % 65536), fallback
                else:
                    piece = self.SIGNS.get(word or sign, "") if word or sign in self.SIGNS else sign or letter
                    if byte:
                        piece = bytes.fromhex(byte).decode("cp1252")
                    if skipped and (byte or letter):
                        skipped, piece = skipped - 1, ""
                if word == "par":
                    piece = " "
                if note is not None:
                    note[0] += piece
                else:
                    text += piece
        self.paragraphs.append(" ".join([text] + notes))


# The web ----------------------------------------------------------------------

class Lines(html.parser.HTMLParser):
    """The words of each line of a page's source."""

    def __init__(self, source):
        super().__init__(convert_charrefs=False)
        self.lines = {}
        self.silent = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.silent += tag in ("script", "style", "title")
        if tag == "img":
            self.add(dict(attributes).get("alt") or "")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style", "title")

    def add(self, text):
        if not self.silent:
            for at, line in enumerate(text.split("\n"), self.getpos()[0]):
                self.lines[at] = self.lines.get(at, "") + line

    def handle_data(self, data):
        self.add(data)

    def handle_entityref(self, name):
        self.add(html.unescape(f"&{name};"))

    def handle_charref(self, name):
        self.add(html.unescape(f"&#{name};"))


def lines_of(source, name):
    return [(name.format(at), flat(text)) for at, text in sorted(Lines(source).lines.items()) if flat(text)]


def epub_places(archive):
    return [place for name in archive.namelist() if name.endswith(".xhtml")
            for place in lines_of(archive.read(name).decode(), name + ":{}")]


# The others -------------------------------------------------------------------

def notebook_places(data):
    places = []
    for at, cell in enumerate(json.loads(data)["cells"], 1):
        text = "".join(cell["source"])
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            words = "".join(data.get("text/plain", ""))
            text += "\n" + "".join(output.get("text", "")) + ("" if "image/png" in data else words)   # which says no more than that there is a picture
            if output["output_type"] == "error":
                text += "\n".join(output["traceback"])
        places.append((f"cell {at}", flat(re.sub(r"\x1b\[[\d;]*m", "", text))))
    return places


def caption_places(data):
    places = {}
    for block in re.split(r"\r?\n\r?\n+", data.decode("utf-8-sig")):
        match = re.search(r"^(?:(\d+):)?(\d\d):(\d\d)[.,]\d+ --> .*\n", block, re.M)
        if match:
            time = f"{int(match[1] or 0):02}:{match[2]}:{match[3]}"
            speaker = re.search(r"<v[.\w]* ([^>]*)>", block)
            words = (speaker[1] + " " if speaker else "") + html.unescape(re.sub(r"<[^>]*>|\{\\[^}]*\}", "", block[match.end():]))
            places[time] = flat(places.get(time, "") + " " + words)
    return list(places.items())


def mailbox_places(path):
    messages = list(mailbox.mbox(path, factory=lambda file: email.message_from_binary_file(file, policy=email.policy.default)))
    bodies = [message.get_body(("plain", "html")) for message in messages]
    texts = [body.get_content() if body.get_content_subtype() == "plain" else re.sub(r"<[^>]*>", "", body.get_content()) for body in bodies]
    return [(f"message {at}", flat(message["Subject"] + " " + text)) for at, (message, text) in enumerate(zip(messages, texts), 1)]


def pdf_places(path):
    layout = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    places, page = [], 0
    for line in layout.splitlines():
        page += "<page " in line
        match = re.search(r'<word xMin="(.*)" yMin="(.*)" xMax="(.*)" yMax="(.*)">(.*)</word>', line)
        if match:
            left, top, right, bottom = map(float, match.groups()[:4])
            places.append((f"{page} {(left + right) / 2:.0f} {(top + bottom) / 2:.0f}", html.unescape(match[5])))
    return places


def places_of(path):
    suffix = path.suffix
    data = path.read_bytes()
    if suffix == ".docx":
        return numbered(Docx(zipfile.ZipFile(path)).paragraphs)
    if suffix == ".odt":
        return numbered(Odt(zipfile.ZipFile(path)).paragraphs)
    if suffix == ".epub":
        return epub_places(zipfile.ZipFile(path))
    if suffix == ".rtf":
        return numbered(Rtf(data).paragraphs)
    if suffix == ".html":
        charset = "iso-8859-1" if path.name == "latin1.html" else "utf-8"
        return lines_of(data.decode(charset), "line {}")
    if suffix == ".zip":
        archive = zipfile.ZipFile(path)
        return [(f"{name} {place}", text) for name in archive.namelist() if name.endswith(".docx")
                for place, text in numbered(Docx(zipfile.ZipFile(io.BytesIO(archive.read(name)))).paragraphs)]
    if suffix == ".ipynb":
        return notebook_places(data)
    if suffix in (".srt", ".vtt"):
        return caption_places(data)
    if suffix == ".mbox":
        return mailbox_places(path)
    if suffix == ".pdf" and path.name != "encrypted.pdf":
        return pdf_places(path)
    return []


def main(folder):
    folder = Path(folder)
    (folder / "places").mkdir(exist_ok=True)
    for path in sorted(folder.iterdir()):
        places = places_of(path) if path.is_file() else []
        if places:
            (folder / "places" / f"{path.name}.txt").write_text("".join(f"{name}\t{text}\n" for name, text in places), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
