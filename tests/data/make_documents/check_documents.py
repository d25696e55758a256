#!/usr/bin/env python3
"""Checks the corpus with programs that are not Octavo, and writes what must be found in it.

    check_documents.py FOLDER FACTS.json

The facts are written down here or read from sources/; none of them comes from
Octavo. PDFs are checked with pdfinfo, pdftotext and qpdf, office files and web
pages with pandoc, archives with Python's zipfile and tarfile. Ends with status
1, and a line for each fault, if a file is not what its facts say.

Each document has an entry, FACTS["documents"][name], with any of these keys:

    kind              what the file is, whatever its name says
    title             the document's title, where it carries one
    headings          [[level, text], ...] in reading order
    outline           [[level, text], ...]: a PDF's bookmarks
    must_contain      texts in reading order, each found once white space is one blank
    joined            sentences that a reader must put together over line or page ends
    must_not_contain  texts that must not be in the body
    footnotes         texts of the notes
    tables            [[[cell, ...] of a row, ...] of a table, ...]
    pages             how many pages a PDF has
    page_of           {text: 1-based page}, as pdftotext finds it (where it begins)
    split_markers     {marker: page}: broken over a line end after its own hyphen
    sentences         {text: 1-based page}, as the source has them: right-to-left text, which pdftotext puts into no good order
    outline_pages     the page of each entry of `outline`, as qpdf finds it
    heading_pages     the page of each of `headings`, where pdftotext has it as a line
    page_labels       one label a page
    password          what opens it
    debatable         texts of which a reader may show or leave out each
    may_contain       texts that a hostile file holds, should it be opened
    once              texts that must be found once only
    entries           names in an archive
    hostile           what is wrong with the file, and what a reader must do
    note              anything else
"""

import email
import email.policy
import json
import mailbox
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARKER = re.compile(r"marker-\w+(?:-\w+)*")


# What must be found -----------------------------------------------------------

def markers(text):
    return list(dict.fromkeys(MARKER.findall(text)))


def source(name):
    return (HERE / "sources" / name).read_text(encoding="utf-8")


def paper():
    return (HERE.parent / "documents" / "paper.tex").read_text(encoding="utf-8")


def book_facts():
    text = source("book.md").split("---\n", 2)[2]
    return {
        "title": "The Lighthouse Keeper’s Ledger",
        "headings": [[len(m[1]), m[2]] for m in re.finditer(r"^(#+) (.+)$", text, re.M)],
        "must_contain": markers(text) + [
            "He counted the steps from the landing to the gallery and wrote down one hundred and ninety-six.",
            "“The lamp is honest; the clock is not.”",
            "François Le Goff did not care for the sea.", "Łukasz Škoda", "Señora Íñiguez", "Zoë Ångström",
            "Two of the casks had leaked into the flour, and for most of that spring the bread tasted of lamps.",
            "wind the clock, and write down its error:", "by the stars, if it cannot;", "Read every entry aloud.",
            "for second in range(hours * 3600):",
            "A light is of use to everybody else.",
            "The captain would not leave until he had finished his soup.",
            "Here the ledger ends."],
        "footnotes": [
            "The inspector’s handbook allows two hours. The keeper’s footnote-wick says otherwise.",
            "They agree on one hundred and four days in the eleven years. See the footnote-glass appended to the second volume."],
        "tables": [[["Item", "Ordered", "Received", "Remark"], ["Colza oil", "120", "118", "two casks leak"],
                    ["Wicks", "48", "48", "good"], ["Flour", "14", "12", "damp"], ["Lamp glass", "6", "5", "one broken"]]],
        "must_not_contain": ["[^wick]", "```", "~2~", "{width="],
    }


RUNNING_HEAD = "Second Printing of the Ledger"


def sentences(name, pattern, second_page):
    """{text: page} of a page's source, whose second page begins at `second_page`."""
    text = source("pages/" + name)
    turn = text.find(second_page) % (len(text) + 1)
    return {found[1]: 1 + (found.start() > turn) for found in re.finditer(pattern, text)}


def all_facts():
    book = book_facts()
    papers = [[1, "Introduction"], [1, "Method"], [2, "Observers"], [2, "Lamps"], [1, "Results"], [1, "Discussion"],
              [1, "Conclusion"]]
    scan = {"kind": "pdf", "title": "A Scanned Page", "pages": 3, "headings": [[1, "Before the Scan"], [1, "After the Scan"]],
            "must_contain": ["marker-before", "marker-after"], "page_of": {"marker-before": 1, "marker-after": 3},
            "must_not_contain": ["scanned-words"], "note": "page 2 is only a picture; headings are larger type, no bookmarks"}
    small_pdf = {"kind": "pdf", "pages": 1}
    bundle = ["bundle/.gitignore", "bundle/README.md", "bundle/build/out.txt", "bundle/lamp.png", "bundle/notes/box.docx",
              "bundle/notes/chapter.txt", "bundle/src/a.c"]
    bundle_facts = {
        "entries": bundle, "headings": [[1, "The Bundle"], [2, "Inside"]],
        "must_contain": ["marker-readme", "marker-chapter", "marker-source", "marker-box"],
        "must_not_contain": ["hidden-build"],
        "note": "build/ is ignored by the folder's own .gitignore; the headings are README.md's; marker-box is in the nested DOCX"}

    facts = {
        # The book
        "book_libreoffice.pdf": {
            **book, "kind": "pdf", "pages": 10, "outline": book["headings"],
            "must_not_contain": book["must_not_contain"] + [RUNNING_HEAD],
            "joined": ["An untrimmed wick smokes within the hour."],
            "note": "left pages are headed with the running head, right pages with the chapter's name; page numbers i, ii, "
                    "then 1 to 8, at the foot; the file has no page labels; `joined` runs from page 3 to page 4"},
        "no_outline.pdf": {
            **book, "kind": "pdf", "pages": None, "outline": [],
            "joined": ["was kept for forty-one years in a single hand, and nobody but the inspector was ever meant to read it.",
                       "a sheet of instructions for it that was meant for somebody else."],
            "note": "headings are told only by bold and larger type; page numbers at the foot; words hyphenated at line ends"},
        "book.docx": {**book, "kind": "docx", "must_not_contain": book["must_not_contain"] + [RUNNING_HEAD],
                      "note": "running heads are in the header parts and are not of the body"},
        "book.odt": {**book, "kind": "odt", "must_not_contain": book["must_not_contain"] + [RUNNING_HEAD]},
        "book.rtf": {**book, "kind": "rtf", "must_not_contain": book["must_not_contain"] + [RUNNING_HEAD]},
        "pandoc.docx": {**book, "kind": "docx"},
        "pandoc.odt": {**book, "kind": "odt"},
        "pandoc.rtf": {**book, "kind": "rtf", "note": "headings are paragraphs with \\outlinelevelN and no style sheet"},
        "pandoc.epub": {**book, "kind": "epub 3", "note": "nav.xhtml and toc.ncx; notes at the end of each chapter's file"},
        "pandoc2.epub": {**book, "kind": "epub 2", "note": "toc.ncx, and a nav.xhtml that EPUB 2 does not know; the title page has the title as a heading of level 1"},

        # PDFs
        "two_columns.pdf": {
            "kind": "pdf", "pages": 2, "outline": [], "headings": [[1, "On the Steadiness of Fixed Lamps"]] + [[level + 1, text] for level, text in papers],
            "must_contain": markers(source("two_columns.ms")),
            "joined": [
                "Unfortunately, qualitative characterisation is insufficiently reproducible, because individual observers "
                "consistently overestimate disturbances occurring immediately before the observation and underestimate "
                "everything preceding it.",
                "None of these explanations is entirely satisfactory, and we recommend additional investigation by "
                "experimenters possessing greater endurance than ourselves."],
            "debatable": ["The Quarterly Journal of Coastal Lights", "Vol. 12, No. 3"],
            "note": "headings are numbered (1., 2.1.) in the page; the second `joined` runs from page 1 to page 2, past a running head "
                    "that comes but once, so nobody can tell that it is no text"},
        "browser.pdf": {
            "kind": "pdf", "title": "A Field Guide to Gulls", "pages": 2, "outline": [],
            "headings": [[1, "A Field Guide to Gulls"], [2, "The Herring Gull"], [2, "The Kittiwake"], [2, "A Table of Gulls"],
                         [3, "How to Read It"]],
            "must_contain": markers(source("pages/browser.html")),
            "tables": [[["Gull", "Span", "Legs"], ["Herring", "140 cm", "pink"], ["Kittiwake", "100 cm", "black"],
                        ["Great black-backed", "160 cm", "pink"]]],
            "joined": ["Its call is a long laugh of seven notes, marker-herring, falling at the end."],
            "note": "a tagged PDF: its structure tree has H1 to H3, L and Table; page numbers as 1 / 2"},
        "paper.pdf": {
            "kind": "pdf", "title": "", "pages": None,
            "outline": [[1, "Preface"], [1, "I Floating"], [2, "Can and Nun"], [3, "Colour"], [3, "Number"],
                        [2, "Moorings"], [1, "II Sinking"], [2, "Losses"], [2, "Sources"]],
            "must_contain": markers(paper()),
            "footnotes": ["All three were returned: footnote-buoy."],
            "joined": ["A can buoy has a flat top and a nun buoy a pointed one; the difference is marker-can."],
            "must_not_contain": ["hidden-comment", "CHAPTER 1. CAN AND NUN"],
            "page_labels": ["i", "ii", "iii", "iv", "v", "vi"] + [str(n) for n in range(1, 12)],
            "note": "page labels; a running head on otherwise empty left pages; a table of contents on page iii"},
        "ligatures.pdf": {
            "kind": "pdf", "pages": 1, "outline": [], "headings": [[1, "The Office of Fluffy Finds"], [1, "The Ruffled Raffle"]],
            "must_contain": markers(source("ligatures.tex")),
            "joined": ["The office found a fluffy file of marker-fish.",
                       "the efficient official shuffled off, flustered, to find the first floor.",
                       "“Sufficient,” said the sheriff; and the afflicted giraffe, unruffled, finished its toffee."],
            "note": "ff, fi, fl, ffi and ffl are single glyphs, without a ToUnicode map"},
        "soft_hyphens.pdf": {
            "kind": "pdf", "title": "Soft Hyphens", "pages": 3, "outline": [],
            "headings": [[1, "Soft Hyphens"], [1, "Plain Hyphens"], [1, "True Hyphens"]],
            "must_contain": ["marker-soft", "marker-plain", "marker-true", "well-known", "twenty-one-year-old"],
            "joined": [f"The lighthouse stood upon an uninhabited rock, marker-{kind}, whose remarkable keeper was well-known, "
                       "and a twenty-one-year-old clerk of his acquaintance wrote to say so." for kind in ("soft", "plain", "true")],
            "note": "line ends are broken by U+00AD on page 1, U+002D on page 2, U+2010 on page 3"},
        "rtl.pdf": {
            "kind": "pdf", "pages": 2, "outline": [], "headings": [[1, "שומר המגדלור"]],
            "must_contain": ["שומר המגדלור הדליק את המנורה בכל ערב", "lighthouse", "1891", "أشعل حارس المنارة المصباح كل مساء"],
            "note": "the second page's heading, حارس المنارة, is set in the type of the text"},
        "rtl_mixed.pdf": {"kind": "pdf", "pages": 2, "outline": [], "sentences": sentences("rtl_mixed.html", r"<p[^>]*>(.*)</p>", 'h1 lang="ar"')},
        "rtl_office.pdf": {
            "kind": "pdf", "pages": 2, "outline": [[1, "המכתב מן החברה"], [1, "رسالة الشركة"]],
            "sentences": sentences("rtl_office.fodt", r"<text:p [^>]*>(.*)</text:p>", '"ArHeading" text:outline')},
        "rtl_pango.pdf": {"kind": "pdf", "pages": 1, "outline": [], "sentences": sentences("rtl_pango.txt", r"(.+)", "page 2")},
        "cjk.pdf": {
            "kind": "pdf", "pages": 2, "outline": None, "headings": [[1, "灯塔看守人的日志"], [1, "灯台守の日誌"]],
            "must_contain": ["他带着一只箱子", "灯有四根灯芯", "船は彼を岩の上に降ろした"],
            "joined": ["他数了从码头到灯室的台阶，一共一百九十六级。", "階段は百九十六段あった。"],
            "note": "a line's end is no blank"},
        "scan.pdf": {**scan, "outline": []},
        "encrypted.pdf": {**scan, "password": "lantern", "owner_password": "keeper"},
        "owner_only.pdf": {**scan, "password": "", "owner_password": "keeper",
                           "note": scan["note"] + "; opens without a password, but forbids copying and changes"},
        "rotated.pdf": {
            "kind": "pdf", "pages": 2, "must_contain": ["marker-before", "marker-after"],
            "headings": [[1, "Before the Scan"], [1, "After the Scan"]], "rotations": [0, 90],
            "note": "the second page has /Rotate 90: its text reads down the page as shown, and must be read as usual"},

        # Office files by hand
        "tracked_changes.docx": {
            "kind": "docx", "headings": [[1, "A Draft with Changes"], [2, "The Second Inserted Part"]],
            "must_contain": ["The lamp has four wicks, marker-inserted and burns oil.",
                             "One half of a sentence is joined to the other, marker-joined.",
                             "This sentence was moved, marker-moved."],
            "must_not_contain": ["deleted-wicks", "Deleted-word", "deleted-paragraph"],
            "note": "as if all changes were accepted; the moved sentence is there once, last; the first half's paragraph mark "
                    "is deleted (a reader that keeps two paragraphs there is only a little wrong)"},
        "text_box.docx": {
            "kind": "docx", "headings": [[1, "A Page with a Box"]], "once": ["marker-box"],
            "must_contain": ["marker-outside", "marker-box", "marker-below"],
            "note": "the box is in the file twice, as mc:Choice and as mc:Fallback, and must be read once"},

        # The web
        "page.html": {
            "kind": "html", "title": "How a Foghorn Works – The Coast Page",
            "headings": [[1, "How a Foghorn Works"], [2, "The Parts"], [3, "Sizes"], [2, "A Short History"],
                         [2, "A Program for the Horn"]],
            "must_contain": ["marker-trumpet", "£40 (€47)", "If x < y, say nothing.", "marker-brass", "Horns in service",
                             "marker-gull", "marker-fog", "The horn at Gull Head, before.", "marker-code & rest", "marker-tail"],
            "tables": [[["Station", "Length", "Note"], ["North Rock", "5 m", "E2"], ["Gull Head", "removed, marker-gull"]]],
            "must_not_contain": ["hidden-script", "hidden-style", "hidden-json", "hidden-comment", "hidden-description",
                                 "hidden-title", "hidden-attribute", "hidden-display"],
            "debatable": ["nav-home", "nav-tides", "nav-history", "aside-related", "footer-copyright", "hidden-noscript", "alt-horn"],
            "note": "`debatable` texts belong to the page and not to the article; the aside has a heading, Related; the numbered list starts at 3"},
        "latin1.html": {
            "kind": "html", "title": "Le phare d'été", "headings": [[1, "Le phare d'été"], [2, "Où l'on dîne à Noël"]],
            "must_contain": ["marker-été", "café très noir", "Señor Muñoz", "œuvre", "marker-noël"]},
        "tag_soup.html": {
            "kind": "html", "title": "Soup of the Day", "headings": [[1, "Soup of the Day"], [2, "Bread"]],
            "must_contain": ["marker-soup", "marker-spoon", "marker-ladle", "marker-bread", "the end."],
            "debatable": ["marker-crumb"],
            "note": "the first heading and every paragraph, item and cell lack an end tag; by HTML5's letter the first heading is "
                    "never closed and holds all the rest, but it begins with its text; marker-crumb is in an alt text whose "
                    "quotation mark is closed a line late"},
        "saved_page.mhtml": {
            "kind": "mhtml", "title": "A Saved Page", "headings": [[1, "A Saved Page"], [2, "Below the Picture"]],
            "must_contain": ["marker-saved", "café", "The end = marker-end."], "must_not_contain": ["hidden-script", "Content-Location"]},

        # Data, subtitles, mail, markup
        "sheet.csv": {
            "kind": "csv", "must_contain": ["marker-north", 'F "fixed"', "marker-cell", "The Skerry, East", "=SUM(B2:B4)"],
            "tables": [[["Station", "Height (m)", "Character", "Keeper", "Remark"],
                        ["North Rock", "41", "Fl(2) 15s", "Ångström, Zoë", "marker-north"],
                        ["Gull Head", "12.5", 'F "fixed"', "François Le Goff", "two lines\nin one cell, marker-cell"],
                        ["Inner Ledge", "7", "Q", "", ""],
                        ["The Skerry, East", "-3", "Oc 6s", "Łukasz Škoda", "=SUM(B2:B4)"]]]},
        "sheet.tsv": {
            "kind": "tsv", "must_contain": ["marker-glass", "fog, all day"],
            "tables": [[["Date", "Wind", "Glass", "Remark"], ["2024-03-01", "NW 6", "29.71", "marker-glass"],
                        ["2024-03-02", "calm", "30.02", '"not a quote", he said'], ["2024-03-03", "SE 4", "", "fog, all day"]]],
            "note": "quotation marks mean nothing in TSV"},
        "notebook.ipynb": {
            "kind": "ipynb", "headings": [[1, "Tides at the Rock"], [2, "What Went Wrong"]],
            "must_contain": ["marker-tides", "import math", "marker-stream 4", "marker-stderr", "heights[9]", "marker-error", "marker-draw"],
            "must_not_contain": ["iVBORw0KGgo", "\u001b[0;31m"],
            "note": "output 4 is text/html (marker-html) and text/plain (marker-plain), of which a reader takes one; a raw cell "
                    "(marker-raw) may be left out; a cell's source is a list or one string"},
        "film.srt": {
            "kind": "srt", "must_contain": ["The boat put him ashore, marker-boat,", "with a chest, a clock",
                                            "Only the keeper, marker-keeper.", "a foghorn, far off"],
            "must_not_contain": ["-->", "<i>", "<font", "{\\an8}", "X1:40"], "cues": 4},
        "talk.vtt": {
            "kind": "vtt", "must_contain": ["Good evening, marker-evening.", "And thank you & all, marker-thanks.", "The lamp has four wicks.",
                                            "It is honest."],
            "must_not_contain": ["hidden-note", "hidden-style", "-->", "line:85%", "region:left", "<v", "<c", "00:01:06"], "cues": 3,
            "speakers": ["Zoë", "Łukasz"]},
        "letter.eml": {
            "kind": "eml", "title": "Übermorgen: the birds, and the naïve gannet",
            "must_contain": ["marker-letter", "The café was closed", "encoding = which is the point."],
            "attachments": ["drawing.pdf", "oiseaux d'été.txt"], "must_not_contain": ["=C3=A9", "_outer_boundary", "_inner_boundary"],
            "debatable": ["marker-letter-html", "marker-attached", "marker-birds"],
            "note": "the body is in text/plain or in text/html (there with the heading A letter), to be read once; attachments may be read or only named"},
        "mailbox.mbox": {
            "kind": "mbox", "headings": [[1, "First message"], [1, "Second message"], [1, "Troisième message"], [1, "Fourth message"]],
            "must_contain": ["marker-first", "marker-second", "From here the sea looks flat.", "marker-troisième", "marker-fourth"],
            "must_not_contain": ["PHA+R29vZGJ5ZS", "<i>"],
            "note": "headings are the subjects; >From is unquoted by mboxrd's rule to From and >>From to >From"},
        "paper.tex": {
            "kind": "latex", "title": "A Short Account of Buoys",
            "headings": [[2, "Preface"], [1, "Floating"], [2, "Can and Nun"], [3, "Colour"], [3, "Number"], [2, "Moorings"],
                         [4, "A Table of Lengths"], [1, "Sinking"], [2, "Losses"], [2, "Sources"]],
            "must_contain": markers(paper()) + ["5% more", "Café Goëland", "Perseverance", "Even numbers are red."],
            "footnotes": ["All three were returned: footnote-buoy."],
            "must_not_contain": ["hidden-comment", "\\emph", "\\section", "\\usepackage", "\\begin"],
            "note": "levels: 1 part, 2 chapter, 3 section, 4 subsection; the verbatim \\chapter{Not a Chapter} is text"},
        "manual.rst": {
            "kind": "rst", "title": "The Keeper's Manual",
            "headings": [[1, "Before Sunset"], [2, "The Glass"], [3, "The Cloth"], [1, "After Sunset"], [2, "A Last Word"]],
            "must_contain": ["marker-sunset", "marker-outside", "marker-cloth", "marker-awake", "watch()", "marker-term"],
            "footnotes": ["The footnote-manual says nothing."],
            "tables": [[["Wick", "State"], ["First", "good"], ["Second", "short"]]],
            "must_not_contain": ["hidden-comment", "~~~~", "====", ".. note::", "https://example.org/manual>`_"],
            "note": "levels are below the title; a reader that takes the title as level 1 has each one deeper"},

        # Bundles
        "bundle.zip": {"kind": "zip", **bundle_facts},
        "bundle.tar.gz": {"kind": "tar.gz", **bundle_facts},
    }

    hostile = {
        "bomb.zip": {"kind": "zip", "entries": ["zeros.txt"], "inflated": 300_000_000,
                     "hostile": "inflates 1000:1 to 300 MB of zeros: refuse or skip the entry, in little memory"},
        "bomb.docx": {"kind": "docx", "inflated": 300_000_000, "may_contain": ["marker-bomb"],
                      "hostile": "document.xml inflates 1000:1 to 75 million empty paragraphs: refuse, in little memory"},
        "entities.html": {"kind": "html", "must_contain": ["marker-entities"], "must_not_contain": ["lollollol"],
                          "hostile": "an XML entity bomb, which HTML does not have: read as text, expand nothing"},
        "billion_laughs.epub": {"kind": "epub 3", "must_not_contain": ["lollollol"],
                                "hostile": "an entity bomb in the only chapter: refuse the chapter or the book"},
        "billion_laughs_opf.epub": {"kind": "epub 3", "may_contain": ["marker-page"], "must_not_contain": ["lollollol"],
                                    "hostile": "an entity bomb in the OPF's title: refuse, or open with another title"},
        "external_entity.docx": {"kind": "docx", "may_contain": ["marker-entity"], "must_not_contain": ["root:", "/bin/"],
                                 "hostile": "an external entity names file:///etc/passwd: never read it"},
        "traversal.zip": {"kind": "zip", "entries": ["good.txt", "../evil.txt", "/abs.txt", "folder/../../evil2.txt", "..\\evil3.txt"],
                          "may_contain": ["marker-good"], "hostile": "entries that leave the folder: write nothing outside"},
        "traversal.epub": {"kind": "epub 3", "must_not_contain": ["evil-page"],
                           "hostile": "the OPF's only chapter is ../../../evil.xhtml, and so is an entry: no such path may be followed"},
        "zero.pdf": {"kind": "empty", "hostile": "no bytes: a clear error"},
        "zero.docx": {"kind": "empty", "hostile": "no bytes: a clear error"},
        "zero.epub": {"kind": "empty", "hostile": "no bytes: a clear error"},
        "wrong_extension.pdf": {"kind": "docx", "may_contain": ["marker-really-docx"], "headings": [[1, "Really a DOCX"]],
                                "hostile": "a DOCX by another name: read as what it is, or a clear error"},
        "wrong_extension.txt": {**small_pdf, "may_contain": ["marker-really-pdf"],
                                "hostile": "a PDF by another name: read as what it is, or a clear error; not as text"},
        "truncated.pdf": {"kind": "truncated pdf", "hostile": "the first 60 % of no_outline.pdf: repair, or a clear error"},
        "truncated.epub": {"kind": "truncated epub", "hostile": "the first 60 % of pandoc2.epub, without the ZIP directory: a clear error"},
        "deep.html": {"kind": "html", "headings": [[1, "Deep"]], "must_contain": ["marker-bottom"],
                      "hostile": "20,000 nested divs: no stack overflow"},
        "xref_loop.pdf": {**small_pdf, "may_contain": ["marker-xref"], "hostile": "/Prev names its own cross-reference table"},
        "page_loop.pdf": {"kind": "pdf", "hostile": "the page tree's nodes are each other's kids: an error, or no pages"},
        "outline_loop.pdf": {**small_pdf, "may_contain": ["marker-outline"],
                             "hostile": "outline entries are each other's next, and one its own child: end the outline"},
    }
    facts.update({f"hostile/{name}": entry for name, entry in hostile.items()})
    return facts


# Whether it is found ----------------------------------------------------------

faults = []


def expect(name, truth, message):
    if not truth:
        faults.append(f"{name}: {message}")


def output(*command):
    result = subprocess.run(command, capture_output=True, timeout=120)
    return result.stdout.decode("utf-8", "replace") if result.returncode == 0 else ""


def plain(text):
    """White space as one blank; invisible and direction characters gone."""
    return " ".join(re.sub("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text).split())


def flat(text):
    """For comparing: no white space, no hyphens, straight quotation marks."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", plain(text)).translate(str.maketrans("“”‘’", "\"\"''"))


def pdf_outline(entries, level=1):
    for entry in entries:
        yield [level, plain(entry["title"]), entry["destpageposfrom1"]]
        yield from pdf_outline(entry["kids"], level + 1)


def check_pdf(name, path, entry):
    password = entry.get("password", "")
    info = output("pdfinfo", "-upw", password, str(path))
    expect(name, info, "pdfinfo cannot open it")
    pages = int(re.search(r"^Pages:\s+(\d+)", info, re.M)[1]) if info else 0
    if entry.get("pages") is None:
        entry["pages"] = pages
    expect(name, pages == entry["pages"], f"{pages} pages")
    if password:
        expect(name, not output("pdfinfo", str(path)), "opens without its password")

    order = [] if name.startswith("rtl") else ["-raw"]  # raw is the order of drawing, for which right comes last
    texts = [output("pdftotext", "-upw", password, *order, "-f", str(n), "-l", str(n), str(path), "-") for n in range(1, pages + 1)]
    found, split = {}, {}
    for text in entry.get("must_contain", []):
        for number, page in enumerate(texts, 1):
            if text in plain(page):
                found[text] = number
                break
            if MARKER.fullmatch(text) and text.replace("-", "- ") in plain(page):
                split[text] = number
                break
        else:
            whole = any(flat(text) in flat(page) for page in texts)
            expect(name, whole, f"no {text!r} in any page")
            if whole:
                found[text] = next(n for n, page in enumerate(texts, 1) if flat(text) in flat(page))
    expect(name, entry.get("page_of", found) == found, f"pages are {found}")
    entry["page_of"] = found
    if split:
        entry["split_markers"] = split
    for text, number in entry.get("sentences", {}).items():
        page = flat(output("pdftotext", "-f", str(number), "-l", str(number), str(path), "-"))
        for word in re.findall(r"[^\W\d_]+|\d+", text):
            # pdftotext puts a glyph for two letters, and vowel marks, the wrong way round.
            known = "\u0644" in word or any(unicodedata.combining(mark) for mark in text)
            expect(name, known or word in page, f"no {word!r} on page {number}")
    everything = flat("".join(texts))
    crosses = "page 3 to page 4", "page 1 to page 2"
    for text in entry.get("joined", []):
        if not any(mark in entry.get("note", "") for mark in crosses):
            expect(name, flat(text) in everything, f"no {text!r}")
    for level, text in entry.get("headings", []):
        expect(name, flat(text) in everything, f"no heading {text!r}")

    if entry.get("headings") and not entry.get("outline", True):
        lines = [[flat(line) for line in page.splitlines()] for page in texts]
        numbers = [next((n for n, page in enumerate(lines, 1) if flat(text) in page), 0) for _, text in entry["headings"]]
        if all(numbers):  # else they carry numbers
            entry["heading_pages"] = numbers

    data = json.loads(output("qpdf", "--json", f"--password={password}", str(path)) or "{}")
    outline = [[level, title] for level, title, _ in pdf_outline(data.get("outlines", []))]
    if entry.get("outline", []) is not None:
        expect(name, outline == entry.get("outline", []), f"outline is {outline}")
    entry["outline"] = outline
    if outline:
        entry["outline_pages"] = [page for _, _, page in pdf_outline(data["outlines"])]
        for (_, title), page in zip(outline, entry["outline_pages"]):
            words = re.sub("^[IVX]+ ", "", title)   # of a part, whose number stands above its name
            expect(name, name.startswith("rtl") or flat(words) in flat(texts[page - 1]), f"{title!r} is not on page {page}")
    if "page_labels" in entry:
        expect(name, data.get("pagelabels"), "no page labels")
        expect(name, len(entry["page_labels"]) == pages, "as many page labels as pages")
    if "rotations" in entry:
        turned = [int(n) for n in re.findall(r"^Page +\d+ rot: +(\d+)", output("pdfinfo", "-f", "1", "-l", str(pages), str(path)), re.M)]
        expect(name, turned == entry["rotations"], f"rotations are {turned}")


def inline_text(node):
    """The text under a node of pandoc's AST, without notes."""
    if isinstance(node, list):
        return "".join(inline_text(part) for part in node)
    if not isinstance(node, dict):
        return ""
    kind, content = node.get("t"), node.get("c")
    if kind in ("Str", "Space", "SoftBreak", "LineBreak"):
        return content if kind == "Str" else " "
    if kind in ("Code", "Math"):
        return content[1]
    if kind == "Quoted":
        marks = "“”" if content[0]["t"] == "DoubleQuote" else "‘’"
        return marks[0] + inline_text(content[1]) + marks[1]
    return "" if kind == "Note" else inline_text(content)


PANDOC_FORMATS = {"docx": "docx", "odt": "odt", "epub 3": "epub", "epub 2": "epub", "html": "html",
                  "latex": "latex", "rst": "rst", "ipynb": "ipynb"}


def check_with_pandoc(name, path, entry):
    kind = PANDOC_FORMATS[entry["kind"]]
    if name == "latin1.html":
        command = ("sh", "-c", f"iconv -f ISO-8859-1 -t UTF-8 '{path}' | pandoc -f html -t TO")
    else:
        command = ("sh", "-c", f"pandoc -f {kind} -t TO '{path}'")
    tree = output(*command[:2], command[2].replace("TO", "json"))
    text = flat(output(*command[:2], command[2].replace("TO", "plain --wrap=none")))
    expect(name, tree, "pandoc cannot read it")
    if not tree:
        return
    headings = []

    def walk(node):
        if isinstance(node, dict):
            if node.get("t") == "Header":
                headings.append([node["c"][0], plain(inline_text(node["c"][2]))])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(json.loads(tree)["blocks"])
    if kind == "html":
        headings = [heading for heading in headings if heading[1] != "Related"]
    if headings and headings[0] == [1, entry.get("title")] and kind in ("epub", "rst"):
        deeper = 1 if kind == "rst" else 0
        headings = [[level - deeper, text] for level, text in headings[1:]]
    if "headings" in entry and name != "tag_soup.html":
        expect(name, headings == entry["headings"], f"pandoc finds the headings {headings}")
    for wanted in entry.get("must_contain", []) + entry.get("footnotes", []):
        expect(name, flat(wanted) in text, f"no {wanted!r}")
    if kind not in ("html", "rst", "latex", "ipynb"):
        for unwanted in entry.get("must_not_contain", []):
            expect(name, flat(unwanted) not in text, f"{unwanted!r} is there")


def check_rtf(name, data, entry):
    """A rough reading of RTF: good enough to see that the words and outline levels are there."""
    text = data.decode("latin-1").replace("\r", "").replace("\n", " ")
    text = re.sub(r"\\u(-?\d+) ?(?:\\'[0-9a-f]{2}|\?|[\"'\x80-\xff])?", lambda m: chr(int(m[1]) % 65536), text)
    text = re.sub(r"\\'([0-9a-f]{2})", lambda m: bytes.fromhex(m[1]).decode("cp1252"), text)
    text = re.sub(r"\{\\stylesheet.*?\}\}|\{\\\*\\bkmk(start|end) [^}]*\}", "", text)
    headings = []
    for part in re.split(r"\\par\b", text):
        level = re.search(r"\\outlinelevel(\d)", part)
        if level:
            words = re.sub(r"\\[a-z]+-?\d* ?|[{}]", "", part[level.end():])
            headings.append([int(level[1]) + 1, plain(words)])
    expect(name, headings == entry["headings"], f"the outline levels say {headings}")
    words = flat(re.sub(r"\\[a-z]+-?\d* ?|\\\*|[{}]", "", text).replace("\\_", "_"))
    for wanted in entry["must_contain"] + entry["footnotes"]:
        expect(name, flat(wanted) in words, f"no {wanted!r}")


def check_text_box(name, path, entry):
    """pandoc does not read text boxes: look into the XML."""
    document = zipfile.ZipFile(path).read("word/document.xml").decode()
    expect(name, document.count("marker-box") == 2, "not once in mc:Choice and once in mc:Fallback")


def check_zip(name, path, entry):
    with zipfile.ZipFile(path) as archive:
        if path.stat().st_size < 200_000:
            expect(name, archive.testzip() is None, "a broken entry")
        names = archive.namelist()
        expect(name, sorted(entry.get("entries", names)) == sorted(names), f"entries are {names}")
        biggest = max(archive.infolist(), key=lambda info: info.file_size)
        if "inflated" in entry:
            expect(name, biggest.file_size >= entry["inflated"], f"inflates to {biggest.file_size}")
            expect(name, biggest.file_size / biggest.compress_size > 1000, "ratio below 1000")
        if entry["kind"].startswith("epub"):
            first = archive.infolist()[0]
            expect(name, first.filename == "mimetype" and first.compress_type == 0, "mimetype is not first and stored")
        if "hostile" not in entry:
            for part in names:
                if re.search(r"\.(xml|xhtml|opf|ncx|rels)$", part) and archive.read(part):
                    done = subprocess.run(["xmllint", "--noout", "--nonet", "-"], input=archive.read(part), capture_output=True)
                    expect(name, done.returncode == 0, f"{part} is not well-formed")


def check(name, path, entry):
    kind = entry["kind"]
    data = path.read_bytes()
    hostile = "hostile" in entry
    if kind == "pdf":
        expect(name, data.startswith(b"%PDF-"), "does not start as a PDF")
        if not hostile:
            check_pdf(name, path, entry)
    elif kind == "empty":
        expect(name, not data, "is not empty")
    elif kind.startswith("truncated"):
        expect(name, data[:2] in (b"%P", b"PK"), "does not start as what it was")
        expect(name, b"%%EOF" not in data[-64:] and b"PK\5\6" not in data, "has its end")
    elif kind == "tar.gz":
        with tarfile.open(path) as archive:
            expect(name, sorted(archive.getnames()) == sorted(entry["entries"]), "other entries")
    elif kind in ("eml", "mhtml"):
        message = email.message_from_bytes(data, policy=email.policy.default)
        expect(name, message["Subject"] == entry["title"], f"the subject is {message['Subject']!r}")
        body = message.get_body(("plain", "html")).get_content()
        for text in entry["must_contain"]:
            expect(name, text in plain(body), f"no {text!r}")
        names = [part.get_filename() for part in message.iter_attachments()] if kind == "eml" else None
        expect(name, names == entry.get("attachments"), f"attachments are {names}")
    elif kind == "mbox":
        subjects = [str(email.header.make_header(email.header.decode_header(m["Subject"]))) for m in mailbox.mbox(path)]
        expect(name, subjects == [text for _, text in entry["headings"]], f"subjects are {subjects}")
    elif kind in ("csv", "tsv"):
        import csv
        options = {} if kind == "csv" else {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, **options))
        expect(name, [rows] == entry["tables"], f"rows are {rows}")
    elif kind in ("srt", "vtt"):
        expect(name, len(re.findall(rb"^[\d:,.]+ --> ", data, re.M)) == entry["cues"], "another number of cues")

    if zipfile.is_zipfile(path) and kind not in ("pdf", "eml"):
        check_zip(name, path, entry)
    if kind == "rtf":
        check_rtf(name, data, entry)
    elif name == "text_box.docx":
        check_text_box(name, path, entry)
    elif kind in PANDOC_FORMATS and not hostile:
        check_with_pandoc(name, path, entry)


def main(folder, facts_file):
    folder = Path(folder)
    facts = all_facts()
    told = {"facts.json", "places", "golden"}   # of them, not of the corpus
    files = {name for path in folder.rglob("*") if path.is_file() and (name := str(path.relative_to(folder))).split("/")[0] not in told}
    for name in sorted(files ^ set(facts)):
        faults.append(f"{name}: {'has no facts' if name in files else 'is missing'}")
    for name in sorted(files & set(facts)):
        try:
            check(name, folder / name, facts[name])
        except Exception as error:  # a broken file must not hide the others
            faults.append(f"{name}: {type(error).__name__}: {error}")
    total = sum((folder / name).stat().st_size for name in files)
    Path(facts_file).write_text(json.dumps(
        {"about": "Made by check_documents.py, whose head describes the keys.", "documents": facts},
        indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print("\n".join(faults) or "all as it should be", f"({len(files)} files, {total} bytes)")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
