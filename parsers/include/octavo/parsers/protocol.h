// SPDX-License-Identifier: Apache-2.0
#pragma once

// What octavo-parse is given and says.
//
//   octavo-parse FORMAT [DESCRIPTOR] < FILE         the text; pages that were recognized meanwhile are at DESCRIPTOR, an open file (recognized_text.h)
//   octavo-parse sizes < FILE                       of a PDF: the member "sizes", a line "WIDTH HEIGHT" in points for each page as it is shown
//   octavo-parse picture PAGE DPI grey|color < FILE of a PDF: the member "picture", that page as a binary PGM or PPM file, of at most kMostPixels: fewer dpi if need be
//   octavo-parse recognize TESSERACT ARGUMENTS… < PICTURE   becomes Tesseract, whose program is at that path: its output is the answer, and no line of these
//
// The file is its standard input: a regular file, never a path, so that a document names no other file. Before it looks at a byte of it,
// it gives up what a parser does not need (sandbox.h). It says what it finds on standard output, one JSON object a line:
//
//   {"format": "EPUB"}                                            of an archive that is a document
//   {"title": "…"}
//   {"pages": 198}
//   {"part": "…", "level": 1}                                     begins at the next block
//   {"block": "paragraph", "level": 1, "text": "…", "marks": [[at, page, x, y, width, height, "name", recognized], …]}
//   {"remark": "…", "why": "…", "pages": 3, "scans_from": 5}
//   {"progress": 0.25}
//   {"member": "path", "bytes": 123}                              followed by that many bytes and a line end
//   {"fault": "damaged" | "encrypted" | "too large" | "unsupported", "detail": "…"}
//   {"end": true}                                                 the last line, also after a fault
//
// Without that last line it has died, and nobody knows what the rest would have been.
namespace octavo::parsers {

inline constexpr const char* kProgram = "octavo-parse";

// Names of formats, as octavo-parse's argument. "archive" is any ZIP, tar or other container that libarchive reads; a ZIP file that is
// an EPUB, a DOCX or an ODT in truth is read as such.
inline constexpr const char* kFormats[] = {"pdf", "html", "archive", "rtf", "notebook", "subtitles", "mail", "mailbox", "image"};

// Names of the other jobs.
inline constexpr const char* kSizes = "sizes";
inline constexpr const char* kPicture = "picture";
inline constexpr const char* kRecognize = "recognize";
inline constexpr double kMostPixels = 100e6;   // of a picture

inline constexpr const char* kBlockKinds[] = {"paragraph", "heading", "item", "row", "code", "quote", "note"};   // of Block::Kind, in its order
inline constexpr const char* kFaultKinds[] = {"damaged", "encrypted", "too large", "unsupported"};               // of Fault::Kind, in its order

} // namespace octavo::parsers
