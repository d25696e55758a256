#!/usr/bin/env python3
"""The part of the test corpus that Python makes; make_documents.sh calls it.

    make_documents.py lamp OUT.png              the drawing in the book
    make_documents.py finish-fodt BOOK LAMP     what pandoc's template cannot say
    make_documents.py settle FILE...            fixed dates in PDFs, DOCX, ODT and EPUB
    make_documents.py pdfs DIR                  scan.pdf, soft_hyphens.pdf
    make_documents.py office DIR                tracked_changes.docx, text_box.docx
    make_documents.py plain DIR                 notebook, mail, mailbox, MHTML
    make_documents.py bundles DIR               bundle.zip, bundle.tar.gz (after office)
    make_documents.py hostile DIR               DIR/hostile/* (after all others)
    make_documents.py thousand-pages OUT.pdf    a large PDF, not kept in the corpus
"""

import base64
import email.message
import email.policy
import gzip
import hashlib
import io
import json
import mailbox
import re
import sys
import tarfile
import zipfile
from pathlib import Path

DATE = (2024, 3, 1, 0, 0, 0)
EPOCH = 1709251200  # the same moment, in seconds
FONT_FOLDER = Path("/usr/share/fonts/truetype/dejavu")


# Helpers ---------------------------------------------------------------------

def write_zip(path, entries, stored=()):
    """Writes a ZIP of (name, text or bytes) with fixed dates; `stored` names are not deflated."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name, DATE)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)


def read_zip(path):
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def png(width, height, draw):
    """A PNG, as bytes, of what `draw(ImageDraw)` draws on white."""
    from PIL import Image, ImageDraw
    image = Image.new("1", (width, height), 1)
    draw(ImageDraw.Draw(image))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def lamp_png():
    def draw(d):
        d.rectangle((40, 60, 80, 150), outline=0, width=3)
        d.polygon([(30, 60), (90, 60), (60, 20)], outline=0)
        d.ellipse((50, 80, 70, 110), fill=0)
        for y in (70, 95, 120):
            d.line((85, 95, 118, y), fill=0, width=2)
            d.line((35, 95, 2, y), fill=0, width=2)
    return png(120, 160, draw)


def pdf_from_objects(objects, trailer=""):
    """A PDF 1.4 file of hand-written objects, numbered from 1; object 1 is the catalogue."""
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    trailer = trailer.replace("@XREF@", str(start))
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return out


def small_pdf(text, catalogue="", more=(), trailer=""):
    """One page that says `text`; `more` are further objects, from number 6."""
    stream = f"BT /F1 14 Tf 40 140 Td ({text}) Tj ET"
    return pdf_from_objects([
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        *more], trailer)


# The book --------------------------------------------------------------------

def finish_fodt(book, lamp):
    """Puts the picture inside the flat ODT and starts the page numbers at Part One."""
    text = Path(book).read_text(encoding="utf-8")
    data = base64.b64encode(Path(lamp).read_bytes()).decode()
    text, pictures = re.subn(r'<draw:image xlink:href="lamp\.png"[^>]*/>',
                             f"<draw:image><office:binary-data>{data}</office:binary-data></draw:image>", text)
    text, starts = re.subn(r'text:style-name="Heading_20_1"( text:outline-level="1"><text:bookmark-start text:name="part-one)',
                           r'text:style-name="BodyStart"\1', text)
    text = text.replace('<style:table-cell-properties fo:border="none" />',
                        '<style:table-cell-properties fo:border="0.5pt solid #888888" fo:padding="1mm"/>')
    assert (pictures, starts) == (1, 1)
    Path(book).write_text(text, encoding="utf-8")


def settle(path):
    """Fixes a file's dates and ids, which its program took from the clock."""
    path = Path(path)
    if path.suffix == ".pdf":
        settle_pdf(path)
    elif zipfile.is_zipfile(path):
        write_zip(path, read_zip(path), stored=("mimetype",))


def settle_pdf(path):
    """Overwrites dates and ids in place, none of them changing its length."""
    data = path.read_bytes()
    data = re.sub(rb"(?<=\(D:)\d{14}", b"20240301000000", data)
    data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", b"2024-03-01T00:00:00", data)
    name = hashlib.md5(path.name.encode()).hexdigest().encode()
    data = re.sub(rb"(/ID\s*\[\s*<)[0-9A-Fa-f]{32}(>\s*<)[0-9A-Fa-f]{32}(?=>)", rb"\g<1>" + name + rb"\g<2>" + name, data)
    data = re.sub(rb"(?<=/DocChecksum /)[0-9A-F]{32}", name.upper(), data)
    data = re.sub(rb"(?<=uuid:)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                  b"-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:])), data)
    path.write_bytes(data)


# PDFs by reportlab -----------------------------------------------------------

def new_canvas(path, title, size=(419.5, 595.3)):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas
    pdfmetrics.registerFont(TTFont("DejaVu", str(FONT_FOLDER / "DejaVuSerif.ttf")))
    canvas = Canvas(str(path), pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor("Maren Aldous")
    return canvas


def draw_page(canvas, heading, lines, number, font):
    canvas.setFont(font, 16)
    canvas.drawString(50, 530, heading)
    canvas.setFont(font, 10.5)
    for row, line in enumerate(lines):
        canvas.drawString(50, 500 - 15 * row, line)
    canvas.setFont(font, 8)
    canvas.drawCentredString(210, 30, str(number))
    canvas.showPage()


def scan_pdf(path):
    """A page of text, a page that is only a picture of text, a page of text."""
    from PIL import ImageFont
    from reportlab.lib.utils import ImageReader
    font = ImageFont.truetype(str(FONT_FOLDER / "DejaVuSerif.ttf"), 14)
    scanned = ["This page is a photograph of a page.", "Nobody can select its words,",
               "and the word scanned-words is among them.", "A reader should say that it is a picture,",
               "and not show an empty page."]

    def draw(d):
        for row, line in enumerate(scanned):
            d.text((52 + row, 70 + 24 * row), line, font=font, fill=0)
        d.line((50, 62, 400, 58), fill=0)
        d.text((225, 600), "2", font=font, fill=0)

    canvas = new_canvas(path, "A Scanned Page")
    draw_page(canvas, "Before the Scan", ["The first page has words, marker-before, that can", "be selected."], 1, "Times-Roman")
    canvas.drawImage(ImageReader(io.BytesIO(png(466, 661, draw))), 0, 0, 419.5, 595.3)
    canvas.showPage()
    draw_page(canvas, "After the Scan", ["The third page has words again, marker-after, and", "then the document ends."],
              3, "Times-Roman")
    canvas.save()


def soft_hyphens_pdf(path):
    """Words broken at line ends by U+00AD, by U+002D and by U+2010; compounds keep theirs."""
    pages = [
        ("Soft Hyphens", "\u00ad"),
        ("Plain Hyphens", "-"),
        ("True Hyphens", "\u2010"),
    ]
    canvas = new_canvas(path, "Soft Hyphens")
    for number, (heading, hyphen) in enumerate(pages, 1):
        kind = heading.split()[0].lower()
        draw_page(canvas, heading, [
            f"The light{hyphen}", f"house stood upon an unin{hyphen}", f"habited rock, marker-{kind}, whose remark{hyphen}",
            "able keeper was well-known, and a twenty-", "one-year-old clerk of his acquain" + hyphen,
            "tance wrote to say so."], number, "DejaVu")
    canvas.save()


def thousand_pages_pdf(path, pages=1000, lines=45, per_chapter=25):
    """Varied text on every page, a heading and an outline entry on every 25th."""
    subjects = ("The keeper", "A gull", "The inspector", "The clerk", "A passing boat", "The clock", "The tide")
    verbs = ("counted", "forgot", "wrote down", "painted", "repaired", "misread", "remembered", "carried off")
    things = ("the stairs", "a cask of oil", "every window", "the weather", "two letters", "the bell", "a left boot",
              "his own name", "the ninth wave", "the lamp", "an empty chair")
    whens = ("before dawn", "in a fog", "on a Sunday", "at low water", "without a word", "as instructed",
             "for the third time", "by candlelight", "with great care")
    canvas = new_canvas(path, "A Thousand Pages")
    seed = 1
    for page in range(1, pages + 1):
        heading = None
        if (page - 1) % per_chapter == 0:
            heading = f"Chapter {(page - 1) // per_chapter + 1}"
            canvas.bookmarkPage(heading)
            canvas.addOutlineEntry(heading, heading, 0)
            canvas.setFont("Times-Bold", 15)
            canvas.drawString(50, 555, heading)
        canvas.setFont("Times-Roman", 9)
        for row in range(lines):
            words = []
            for choices in (subjects, verbs, things, whens):
                seed = (seed * 1103515245 + 12345) % 2**31
                words.append(choices[(seed >> 16) % len(choices)])
            line = " ".join(words) + "."
            if row == lines // 2:
                line = f"This is marker-page-{page}. " + line
            canvas.drawString(50, 535 - 10.8 * row, line)
        canvas.drawCentredString(210, 30, str(page))
        canvas.showPage()
    canvas.save()


# DOCX ------------------------------------------------------------------------

W_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W_NAMESPACES = (
    f'xmlns:w="{W_NAMESPACE}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"')

XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

DOCX_FRAME = [
    ("[Content_Types].xml", XML_DECLARATION +
     '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
     '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
     '<Default Extension="xml" ContentType="application/xml"/>'
     '<Override PartName="/word/document.xml" ContentType='
     '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
     '<Override PartName="/word/styles.xml" ContentType='
     '"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'),
    ("_rels/.rels", XML_DECLARATION +
     '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
     '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
     ' Target="word/document.xml"/></Relationships>'),
    ("word/_rels/document.xml.rels", XML_DECLARATION +
     '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
     '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"'
     ' Target="styles.xml"/></Relationships>'),
    ("word/styles.xml", XML_DECLARATION +
     f'<w:styles {W_NAMESPACES}>'
     '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>' + "".join(
         f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/><w:basedOn w:val="Normal"/>'
         f'<w:pPr><w:outlineLvl w:val="{n - 1}"/></w:pPr><w:rPr><w:b/><w:sz w:val="{36 - 4 * n}"/></w:rPr></w:style>'
         for n in (1, 2)) + '</w:styles>'),
]


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def deleted_run(text):
    return f'<w:r><w:delText xml:space="preserve">{text}</w:delText></w:r>'


def paragraph(content, style=""):
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{content}</w:p>"


def document_xml(body, doctype=""):
    return (XML_DECLARATION + doctype + f'<w:document {W_NAMESPACES} mc:Ignorable=""><w:body>{body}'
            '<w:sectPr><w:pgSz w:w="8391" w:h="11906"/></w:sectPr></w:body></w:document>')


def write_docx(path, body):
    write_zip(path, DOCX_FRAME + [("word/document.xml", document_xml(body))])


def change(tag, number, content):
    return f'<w:{tag} w:id="{number}" w:author="Maren Aldous" w:date="2024-03-01T00:00:00Z">{content}</w:{tag}>'


def tracked_changes_docx(path):
    """Insertions, deletions, a moved paragraph and a deleted paragraph mark."""
    moved = "This sentence was moved, marker-moved."
    write_docx(path, "".join([
        paragraph(run("A Draft with Changes"), "Heading1"),
        paragraph(run("The lamp has ") + change("del", 1, deleted_run("three deleted-wicks"))
                  + change("ins", 2, run("four wicks, marker-inserted")) + run(" and burns oil.")),
        paragraph('<w:moveFromRangeStart w:id="3" w:author="Maren Aldous" w:date="2024-03-01T00:00:00Z" w:name="move1"/>'
                  + change("moveFrom", 4, run(moved)) + '<w:moveFromRangeEnd w:id="3"/>'),
        paragraph(run("The Second ") + change("del", 5, deleted_run("Deleted-word "))
                  + change("ins", 6, run("Inserted ")) + run("Part"), "Heading2"),
        # The mark at this paragraph's end is deleted: it and the next one read as one paragraph.
        '<w:p><w:pPr><w:rPr>' + '<w:del w:id="7" w:author="Maren Aldous" w:date="2024-03-01T00:00:00Z"/></w:rPr></w:pPr>'
        + run("One half of a sentence ") + "</w:p>",
        paragraph(run("is joined to the other, marker-joined.")),
        paragraph('<w:moveToRangeStart w:id="8" w:author="Maren Aldous" w:date="2024-03-01T00:00:00Z" w:name="move1"/>'
                  + change("moveTo", 9, run(moved)) + '<w:moveToRangeEnd w:id="8"/>'),
        paragraph(change("del", 10, deleted_run("A whole deleted-paragraph."))),
    ]))


def text_box_docx(path):
    """A text box given twice, as Word does: a DrawingML shape, and VML for older readers."""
    content = f"<w:txbxContent>{paragraph(run('The words in the box, marker-box.'))}</w:txbxContent>"
    box = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0"'
        ' layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        '<wp:extent cx="2400000" cy="600000"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="1" name="Text Box 1"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2400000" cy="600000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f'<wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>'
        '</mc:Choice><mc:Fallback><w:pict><v:shape style="width:190pt;height:48pt">'
        f'<v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>')
    write_docx(path, "".join([
        paragraph(run("A Page with a Box"), "Heading1"),
        paragraph(run("Before the box, marker-outside.") + box),
        paragraph(run("After the box, marker-below.")),
    ]))


def make_office(folder):
    tracked_changes_docx(folder / "tracked_changes.docx")
    text_box_docx(folder / "text_box.docx")


# Notebook and mail -----------------------------------------------------------

def notebook(path):
    def code(number, source, outputs):
        return {"cell_type": "code", "id": f"code-{number}", "metadata": {}, "execution_count": number,
                "source": source, "outputs": outputs}

    cells = [
        {"cell_type": "markdown", "id": "intro", "metadata": {},
         "source": ["# Tides at the Rock\n", "\n", "A notebook of *tides*, marker-tides, with $h = a \\cos t$."]},
        code(1, ["import math\n", "heights = [math.cos(t) for t in range(4)]\n", "print('marker-stream', len(heights))"],
             [{"output_type": "stream", "name": "stdout", "text": ["marker-stream 4\n"]},
              {"output_type": "stream", "name": "stderr", "text": ["a warning, marker-stderr\n"]}]),
        {"cell_type": "markdown", "id": "errors", "metadata": {}, "source": "## What Went Wrong\n\n1. the clock\n2. the tide"},
        code(2, "heights[9]",
             [{"output_type": "error", "ename": "IndexError", "evalue": "list index out of range, marker-error",
               "traceback": ["\u001b[0;31mIndexError\u001b[0m: list index out of range, marker-error"]}]),
        code(3, ["draw(heights)  # marker-draw"],
             [{"output_type": "display_data", "metadata": {},
               "data": {"image/png": base64.b64encode(lamp_png()).decode() + "\n", "text/plain": ["<Figure size 120x160>"]}}]),
        code(4, "table(heights)",
             [{"output_type": "execute_result", "execution_count": 4, "metadata": {},
               "data": {"text/html": ["<table><tr><td>marker-html</td></tr></table>"], "text/plain": ["marker-plain"]}}]),
        {"cell_type": "raw", "id": "raw", "metadata": {}, "source": "raw cell, marker-raw"},
    ]
    document = {"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.11.2"}}}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def letter(path):
    message = email.message.EmailMessage(policy=email.policy.SMTP.clone(refold_source="none"))
    message["From"] = "Zoë Ångström <zoe@example.org>"
    message["To"] = "The Keeper <keeper@example.org>"
    message["Date"] = "Fri, 01 Mar 2024 09:30:00 +0000"
    message["Message-ID"] = "<letter-1@example.org>"
    message["Subject"] = "Übermorgen: the birds, and the naïve gannet"
    message.set_content(
        "Dear keeper,\n\nI shall come on Sunday to draw the birds, marker-letter. The café was closed, and this line is "
        "long enough that it has to be broken by a soft line break of the quoted-printable encoding = which is the point.\n\n"
        "-- \nZoë\n", cte="quoted-printable")
    message.add_alternative(
        "<html><body><h1>A letter</h1><p>Dear keeper,</p><p>I shall come on <b>Sunday</b> to draw the birds, "
        "marker-letter-html. The café was closed.</p></body></html>\n", subtype="html", cte="quoted-printable")
    message.add_attachment(small_pdf("The attached drawing, marker-attached."), maintype="application", subtype="pdf",
                           filename="drawing.pdf")
    message.add_attachment("A list of birds, marker-birds:\ngannet\nfulmar\n", filename="oiseaux d'été.txt")
    message.set_boundary("=_outer_boundary")
    next(message.iter_parts()).set_boundary("=_inner_boundary")
    path.write_bytes(message.as_bytes())


def mailbox_file(path):
    messages = [
        "From zoe@example.org Fri Mar  1 09:30:00 2024\nFrom: Zoe <zoe@example.org>\nTo: keeper@example.org\n"
        "Subject: First message\nDate: Fri, 01 Mar 2024 09:30:00 +0000\n\nHello, marker-first.\n",
        "From keeper@example.org Sat Mar  2 10:00:00 2024\nFrom: keeper@example.org\nTo: zoe@example.org\n"
        "Subject: Second message\nDate: Sat, 02 Mar 2024 10:00:00 +0000\n\nAs you say, marker-second.\n\n"
        ">From here the sea looks flat.\n>>From there it did not.\n",
        "From clerk@example.org Sun Mar  3 11:00:00 2024\nFrom: clerk@example.org\nTo: keeper@example.org\n"
        "Subject: =?ISO-8859-1?Q?Troisi=E8me_message?=\nDate: Sun, 03 Mar 2024 11:00:00 +0000\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n"
        "Le café est fermé, marker-troisième.\n",
        "From zoe@example.org Mon Mar  4 12:00:00 2024\nFrom: Zoe <zoe@example.org>\nTo: keeper@example.org\n"
        "Subject: Fourth message\nDate: Mon, 04 Mar 2024 12:00:00 +0000\nMIME-Version: 1.0\n"
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes("<p>Goodbye, <i>marker-fourth</i>.</p>\n".encode()).decode(),
    ]
    path.write_bytes("\n".join(messages).encode("latin-1"))
    assert len(mailbox.mbox(path)) == 4


def saved_page(path):
    """A web page as a browser saves it in one file: MIME, with its picture beside it."""
    page = ('<!DOCTYPE html><html><head><meta charset="utf-8"><title>A Saved Page</title>'
            '<script>"hidden-script"</script></head><body><h1>A Saved Page</h1>'
            '<p>The saved page, marker-saved, has a café and a picture.</p><img src="https://example.org/lamp.png" alt="A lamp">'
            '<h2>Below the Picture</h2><p>The end = marker-end.</p></body></html>\n')
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"] = "<Saved by a browser>"
    message["Subject"] = "A Saved Page"
    message["Date"] = "Fri, 01 Mar 2024 09:30:00 +0000"
    message["Snapshot-Content-Location"] = "https://example.org/page"
    message.set_content(page, subtype="html", cte="quoted-printable")
    message.add_related(lamp_png(), maintype="image", subtype="png")
    message.set_boundary("----MultipartBoundary--saved--page----")
    for part, name in zip(message.iter_parts(), ("page", "lamp.png")):
        part["Content-Location"] = f"https://example.org/{name}"
    path.write_bytes(message.as_bytes())


def make_plain(folder):
    notebook(folder / "notebook.ipynb")
    letter(folder / "letter.eml")
    mailbox_file(folder / "mailbox.mbox")
    saved_page(folder / "saved_page.mhtml")


# Bundles ---------------------------------------------------------------------

def make_bundles(folder):
    entries = [
        ("bundle/.gitignore", "build/\n"),
        ("bundle/README.md", "# The Bundle\n\nA folder of files, marker-readme.\n\n## Inside\n\n- `src/a.c`\n- `notes/`\n"),
        ("bundle/build/out.txt", "Made by the build and ignored, hidden-build.\n"),
        ("bundle/lamp.png", lamp_png()),
        ("bundle/notes/box.docx", (folder / "text_box.docx").read_bytes()),
        ("bundle/notes/chapter.txt", "Chapter One\n\nA plain chapter, marker-chapter.\n\nIts second paragraph.\n"),
        ("bundle/src/a.c", "/* marker-source */\n#include <stdio.h>\n\nint main(void)\n{\n    puts(\"lamp\");\n    return 0;\n}\n"),
    ]
    write_zip(folder / "bundle.zip", entries)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in entries:
            data = data.encode() if isinstance(data, str) else data
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(data), EPOCH, 0o644
            archive.addfile(info, io.BytesIO(data))
    (folder / "bundle.tar.gz").write_bytes(gzip.compress(out.getvalue(), 9, mtime=EPOCH))


# Hostile files ---------------------------------------------------------------

BOMB_SIZE = 300_000_000


def write_bomb(path, entries, bomb_name, head, filler, tail):
    """A ZIP with one entry that inflates to BOMB_SIZE bytes of `filler` between `head` and `tail`."""
    block = filler * (1_200_000 // len(filler))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, DATE), data, zipfile.ZIP_DEFLATED)
        info = zipfile.ZipInfo(bomb_name, DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w") as out:
            out.write(head)
            for _ in range(BOMB_SIZE // len(block)):
                out.write(block)
            out.write(tail)


def entity_bomb(root):
    """A DOCTYPE whose entity &l9; is 10^9 copies of a word."""
    lines = ['<!ENTITY l0 "lol">'] + [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    return f"<!DOCTYPE {root} [\n" + "\n".join(lines) + "\n]>\n"


CONTAINER = ('<?xml version="1.0"?>\n<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
             '<rootfiles><rootfile full-path="{opf}" media-type="application/oebps-package+xml"/></rootfiles></container>\n')


def write_epub(path, title="A Small Book", opf_doctype="", page_doctype="", page_text="The page, marker-page.",
               page_href="page.xhtml", opf="OEBPS/book.opf", more=()):
    page = ('<?xml version="1.0" encoding="utf-8"?>\n' + page_doctype + '<html xmlns="http://www.w3.org/1999/xhtml"'
            f'><head><title>Page</title></head><body><h1>Page</h1><p>{page_text}</p></body></html>\n')
    nav = ('<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml" '
           'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>Contents</title></head><body><nav epub:type="toc">'
           f'<ol><li><a href="{page_href}">Page</a></li></ol></nav></body></html>\n')
    package = ('<?xml version="1.0" encoding="utf-8"?>\n' + opf_doctype +
               '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
               '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:octavo:test</dc:identifier>'
               f'<dc:title>{title}</dc:title><dc:language>en</dc:language>'
               '<meta property="dcterms:modified">2024-03-01T00:00:00Z</meta></metadata><manifest>'
               '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
               f'<item id="page" href="{page_href}" media-type="application/xhtml+xml"/></manifest>'
               '<spine><itemref idref="page"/></spine></package>\n')
    write_zip(path, [("mimetype", "application/epub+zip"), ("META-INF/container.xml", CONTAINER.format(opf=opf)),
                     (opf, package), ("OEBPS/nav.xhtml", nav), ("OEBPS/page.xhtml", page), *more], stored=("mimetype",))


def make_hostile(folder):
    hostile = folder / "hostile"
    hostile.mkdir(exist_ok=True)

    write_bomb(hostile / "bomb.zip", [], "zeros.txt", b"", b"\0", b"")
    # The empty paragraphs are <p/> in a default namespace, not <w:p/>: a period
    # of four bytes deflates half as small again.
    head, tail = document_xml("@").replace("<w:document ", f'<w:document xmlns="{W_NAMESPACE}" ').encode().split(b"@")
    head += paragraph(run("Before the bomb, marker-bomb.")).encode()
    write_bomb(hostile / "bomb.docx", DOCX_FRAME, "word/document.xml", head, b"<p/>", tail)

    (hostile / "entities.html").write_text(
        entity_bomb("html") + "<html><body><h1>Entities</h1><p>Before, marker-entities. &l9; After.</p></body></html>\n")
    write_epub(hostile / "billion_laughs.epub", page_doctype=entity_bomb("html"), page_text="Before. &l9; After.")
    write_epub(hostile / "billion_laughs_opf.epub", opf_doctype=entity_bomb("package"), title="&l9;")

    body = paragraph(run("Before the entity, marker-entity.")) + paragraph(run("[&x;]"))
    doctype = '<!DOCTYPE w:document [ <!ENTITY x SYSTEM "file:///etc/passwd"> ]>\n'
    write_zip(hostile / "external_entity.docx", DOCX_FRAME + [("word/document.xml", document_xml(body, doctype))])

    write_zip(hostile / "traversal.zip", [
        ("good.txt", "A good file, marker-good.\n"), ("../evil.txt", "evil-parent\n"), ("/abs.txt", "evil-absolute\n"),
        ("folder/../../evil2.txt", "evil-inner\n"), ("..\\evil3.txt", "evil-backslash\n")])
    write_epub(hostile / "traversal.epub", page_href="../../../evil.xhtml", more=[
        ("../../../evil.xhtml", "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>evil-page</p></body></html>\n")])

    for kind in ("pdf", "docx", "epub"):
        (hostile / f"zero.{kind}").write_bytes(b"")
    write_docx(hostile / "wrong_extension.pdf", paragraph(run("Really a DOCX"), "Heading1")
               + paragraph(run("This file says PDF and is a DOCX, marker-really-docx.")))
    (hostile / "wrong_extension.txt").write_bytes(small_pdf("This file says TXT and is a PDF, marker-really-pdf."))
    for whole, part in (("no_outline.pdf", "truncated.pdf"), ("pandoc2.epub", "truncated.epub")):
        data = (folder / whole).read_bytes()
        (hostile / part).write_bytes(data[:len(data) * 6 // 10])

    depth = 20_000
    (hostile / "deep.html").write_text(
        "<!DOCTYPE html><title>Deep</title><h1>Deep</h1>" + "<div>" * depth + "<p>At the bottom, marker-bottom.\n")

    (hostile / "xref_loop.pdf").write_bytes(small_pdf("A loop of cross-reference tables, marker-xref.", trailer="/Prev @XREF@"))
    (hostile / "page_loop.pdf").write_bytes(pdf_from_objects([
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 2 >>",
        "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 2 >>"]))
    (hostile / "outline_loop.pdf").write_bytes(small_pdf(
        "A loop of outline entries, marker-outline.", "/Outlines 6 0 R",
        ["<< /Type /Outlines /First 7 0 R /Last 8 0 R /Count 2 >>",
         "<< /Title (One) /Parent 6 0 R /Next 8 0 R /First 7 0 R /Last 8 0 R /Count 2 /Dest [3 0 R /Fit] >>",
         "<< /Title (Two) /Parent 6 0 R /Prev 7 0 R /Next 7 0 R /Dest [3 0 R /Fit] >>"]))


# The command line ------------------------------------------------------------

def main(arguments):
    steps = {
        "lamp": lambda out: Path(out).write_bytes(lamp_png()),
        "finish-fodt": finish_fodt,
        "settle": lambda *files: [settle(file) for file in files],
        "pdfs": lambda folder: (scan_pdf(Path(folder) / "scan.pdf"), soft_hyphens_pdf(Path(folder) / "soft_hyphens.pdf")),
        "office": lambda folder: make_office(Path(folder)),
        "plain": lambda folder: make_plain(Path(folder)),
        "bundles": lambda folder: make_bundles(Path(folder)),
        "hostile": lambda folder: make_hostile(Path(folder)),
        "thousand-pages": thousand_pages_pdf,
    }
    if len(arguments) < 2 or arguments[0] not in steps:
        sys.exit(__doc__)
    steps[arguments[0]](*arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
