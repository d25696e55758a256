#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scans with text that is known: pages of the corpus's own PDFs as pictures of one bit a pixel, drawn by pdftoppm (poppler-utils).

    make_scans.py DOCUMENTS     writes DOCUMENTS/scans/
"""
import struct
import subprocess
import sys
import zlib
from pathlib import Path

DPI = 200


def bitmap(pdf, page):
    """(width, height, rows of bits, 1 is black)"""
    drawn = subprocess.run(["pdftoppm", "-mono", "-r", str(DPI), "-f", str(page), "-l", str(page), str(pdf)], capture_output=True, check=True).stdout
    magic, size, bits = drawn.split(b"\n", 2)
    assert magic == b"P4"
    width, height = map(int, size.split())
    return width, height, bits


def png(picture):
    width, height, bits = picture
    stride = (width + 7) // 8
    rows = b"".join(b"\0" + bytes(byte ^ 0xFF for byte in bits[y * stride:(y + 1) * stride]) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b""))


def pdf(pictures, sideways=False):
    """One page per picture, as large as the paper was; sideways: as if it had been fed in with its left edge first."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", None]
    pages = []
    for width, height, bits in pictures:
        w, h = width * 72 / DPI, height * 72 / DPI
        data = zlib.compress(bits, 9)
        image = len(objects) + 1
        objects.append(b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 /Decode [1 0] "
                       b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (width, height, len(data), data))
        matrix = b"0 %.2f %.2f 0 %.2f 0" % (w, -h, h) if sideways else b"%.2f 0 0 %.2f 0 0" % (w, h)
        content = b"q " + matrix + b" cm /Scan Do Q"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        box = (h, w) if sideways else (w, h)
        pages.append(len(objects) + 1)
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Resources << /XObject << /Scan %d 0 R >> >> /Contents %d 0 R >>"
                       % (*box, image, image + 1))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), b" ".join(b"%d 0 R" % page for page in pages))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))


def main(documents):
    folder = documents / "scans"
    folder.mkdir(exist_ok=True)
    columns = documents / "two_columns.pdf"
    (folder / "columns.pdf").write_bytes(pdf([bitmap(columns, 1), bitmap(columns, 2)]))
    (folder / "sideways.pdf").write_bytes(pdf([bitmap(documents / "no_outline.pdf", 1)], sideways=True))
    (folder / "page.png").write_bytes(png(bitmap(documents / "no_outline.pdf", 1)))


main(Path(sys.argv[1]))
