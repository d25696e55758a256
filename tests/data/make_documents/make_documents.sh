#!/bin/bash
# Makes the corpus of test documents again, from sources/ and from what
# make_documents.py holds.
#
#     make_documents.sh FOLDER
#     make_documents.sh --install          (as root: the Debian packages below)
#     make_documents.py thousand-pages OUT.pdf     (a large PDF, kept out of the corpus)
#
# Debian 12 packages: libreoffice-writer pandoc groff ghostscript qpdf chromium
#   texlive-latex-base fonts-dejavu-core fonts-noto-cjk fonts-hosny-amiri
#   pango1.0-tools python3-reportlab python3-pil poppler-utils libxml2-utils
#
# Which program made which file:
#   LibreOffice   book.odt book.docx book.rtf book_libreoffice.pdf cjk.pdf
#                 rtl_office.pdf
#   pandoc        pandoc.docx pandoc.odt pandoc.rtf pandoc.epub pandoc2.epub
#   groff         no_outline.pdf (gropdf), two_columns.pdf (grops and Ghostscript)
#   pdfLaTeX      ligatures.pdf, paper.pdf (made smaller by Ghostscript)
#   Chromium      browser.pdf rtl.pdf rtl_mixed.pdf
#   Pango         rtl_pango.pdf
#   reportlab     scan.pdf soft_hyphens.pdf
#   qpdf          rotated.pdf encrypted.pdf owner_only.pdf
#   Python        tracked_changes.docx text_box.docx notebook.ipynb letter.eml
#                 mailbox.mbox saved_page.mhtml bundle.zip bundle.tar.gz hostile/*
#   by hand       page.html latin1.html tag_soup.html sheet.csv sheet.tsv
#                 film.srt talk.vtt paper.tex manual.rst: they are their own
#                 sources, in tests/data/documents
#
# The folder's facts.json is written by check_documents.py, which also checks
# every file with programs that are not Octavo, and places/ by places.py: what
# stands where a citation may lead. golden/ is Octavo's own
# (tests/app/documents_golden_test.cpp).

set -euo pipefail

packages=(libreoffice-writer pandoc groff ghostscript qpdf chromium
    texlive-latex-base fonts-dejavu-core fonts-noto-cjk fonts-hosny-amiri
    pango1.0-tools python3-reportlab python3-pil poppler-utils libxml2-utils)

if [[ "${1:-}" == --install ]]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"
    exit
fi

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?usage: make_documents.sh FOLDER}"
out=$(cd "$1" && pwd)
sources=$here/sources
corpus=$(cd "$here/../documents" && pwd)
by_hand=(page.html latin1.html tag_soup.html sheet.csv sheet.tsv film.srt talk.vtt paper.tex manual.rst)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export SOURCE_DATE_EPOCH=1709251200 # 2024-03-01
export TZ=UTC LC_ALL=C.UTF-8
python=${PYTHON:-/usr/bin/python3} # Debian's own, which has reportlab

python_step() { "$python" "$here/make_documents.py" "$@"; }

# office FORMAT[:FILTER[:OPTIONS]] INPUT: converts within $work.
office() {
    soffice "-env:UserInstallation=file://$work/profile" --headless \
        --convert-to "$1" --outdir "$work" "$2" >"$work/office.log" 2>&1
}

# browser PAGE PDF: prints an HTML page of sources/pages.
browser() {
    chromium --headless --no-sandbox --disable-gpu "--user-data-dir=$work/browser" \
        --no-pdf-header-footer "--print-to-pdf=$work/$2" "file://$sources/pages/$1" \
        >"$work/browser.log" 2>&1
}

# latex FILE: two runs, so that the table of contents is right.
latex() {
    for _ in 1 2; do
        (cd "$work" && pdflatex -interaction=batchmode "$1" >/dev/null)
    done
}

# deliver NAME...: fixed dates, then into the corpus.
deliver() {
    for name in "$@"; do
        python_step settle "$work/$name"
        cp "$work/$name" "$out/$name"
    done
}

make_book() {
    python_step lamp "$work/lamp.png"

    (cd "$work" && pandoc "$sources/book.md" -t opendocument \
        --template="$sources/book_template.fodt" -o book_libreoffice.fodt)
    python_step finish-fodt "$work/book_libreoffice.fodt" "$work/lamp.png"
    office 'pdf:writer_pdf_Export:{"ExportBookmarks":{"type":"boolean","value":"true"}}' \
        "$work/book_libreoffice.fodt"
    mv "$work/book_libreoffice.fodt" "$work/book.fodt"
    office odt "$work/book.fodt"
    office docx:"MS Word 2007 XML" "$work/book.fodt"
    office rtf "$work/book.fodt"
    deliver book_libreoffice.pdf book.odt book.docx book.rtf

    (
        cd "$work"
        pandoc "$sources/book.md" -o pandoc.docx
        pandoc "$sources/book.md" -o pandoc.odt
        pandoc "$sources/book.md" -s -o pandoc.rtf
        pandoc "$sources/book.md" -t epub3 --epub-chapter-level=2 -o pandoc.epub
        pandoc "$sources/book.md" -t epub2 --epub-chapter-level=2 -o pandoc2.epub
    )
    deliver pandoc.docx pandoc.odt pandoc.rtf pandoc.epub pandoc2.epub
}

make_pdfs() {
    # The book once more, with nothing but type to tell its headings by.
    {
        printf '%s\n' '.nr PS 11' '.nr VS 14' '.nr LL 4.6i' '.nr PO 0.6i' '.nr GROWPS 3' '.nr PSINCR 2p' \
            '.ftr C CR' '.ds CH' '.ds CF %' .TL 'The Lighthouse Keeper\[cq]s Ledger' .AU 'Maren Aldous'
        # shellcheck disable=SC2016 # the backquotes are Markdown's
        sed -E '/^!\[/d; s/^```python/```/; s/\[(the society[^]]*)\]\([^)]*\)/\1/' "$sources/book.md" \
            | pandoc -f markdown -t ms | grep -v '^\.pdfhref [OM]'
    } >"$work/no_outline.ms"
    groff -k -t -ms -dpaper=a5 -Tpdf -P-pa5 "$work/no_outline.ms" >"$work/no_outline.pdf"

    groff -k -ms -Tps "$sources/two_columns.ms" >"$work/two_columns.ps"
    ps2pdf "$work/two_columns.ps" "$work/two_columns.pdf"

    latex "$sources/ligatures.tex"
    latex "$corpus/paper.tex"
    mv "$work/paper.pdf" "$work/paper_large.pdf"
    gs -q -sDEVICE=pdfwrite -o "$work/paper.pdf" "$work/paper_large.pdf"

    browser browser.html browser.pdf
    browser rtl.html rtl.pdf
    browser rtl_mixed.html rtl_mixed.pdf
    office pdf:writer_pdf_Export "$sources/pages/cjk.fodt"
    office pdf:writer_pdf_Export "$sources/pages/rtl_office.fodt"
    pango-view -q --no-display --rtl --width=300 --font='DejaVu Sans 12' "--output=$work/rtl_pango.pdf" "$sources/pages/rtl_pango.txt"
    deliver no_outline.pdf two_columns.pdf ligatures.pdf paper.pdf browser.pdf cjk.pdf
    deliver rtl.pdf rtl_mixed.pdf rtl_office.pdf rtl_pango.pdf

    python_step pdfs "$out"

    qpdf "$out/scan.pdf" --pages . 1,3 -- --rotate=+90:2 --deterministic-id "$out/rotated.pdf"
    qpdf --encrypt lantern keeper 256 -- "$out/scan.pdf" "$out/encrypted.pdf"
    qpdf --encrypt '' keeper 256 --extract=n --modify=none -- "$out/scan.pdf" "$out/owner_only.pdf"
}

make_others() {
    for name in "${by_hand[@]}"; do
        [ "$out/$name" -ef "$corpus/$name" ] || cp "$corpus/$name" "$out/"
    done
    for step in office plain bundles hostile; do
        python_step "$step" "$out"
    done
}

make_book
make_pdfs
make_others
"$python" "$here/check_documents.py" "$out" "$out/facts.json"
"$python" "$here/places.py" "$out"
