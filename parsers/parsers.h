// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// One parser per format, each in a file of its own. `file` is the whole file; what they find goes to `sink` in reading order.
// They may take whatever time and memory a hostile file makes them take, crash included: only octavo-parse, tests and fuzzers call them.
using Parser = Parsed(std::string_view file, Sink& sink);

Parser parsePdf;         // text with its place on the page, by poppler
Parser parseHtml;        // a web page, by libxml2
Parser parseArchive;     // EPUB, DOCX and ODT files, else the members of a ZIP, tar, … file, by libarchive
Parser parseRtf;         // Rich Text Format
Parser parseNotebook;    // Jupyter notebooks, versions 3 and 4
Parser parseSubtitles;   // SRT and WebVTT
Parser parseMail;        // one message (EML), by GMime
Parser parseMailbox;     // many (mbox)
Parser parseImage;       // PNG, JPEG, TIFF, WebP: a page that is a scan

// The same with what was read on pages meanwhile that are pictures (ocr/recognized_text.h).
using RecognizedParser = Parsed(std::string_view file, std::string_view recognized, Sink& sink);
RecognizedParser parseRecognizedPdf;
RecognizedParser parseRecognizedImage;

// Other jobs of octavo-parse (octavo/parsers/protocol.h), by poppler and cairo.
Parsed measurePdf(std::string_view file, Sink& sink);
Parsed drawPdf(std::string_view file, int page, double dpi, bool inColor, Sink& sink);

} // namespace octavo::parsers
