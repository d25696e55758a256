// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include <QHash>

#include "octavo/app/document.h"

namespace octavo::app {

// Parts of the files that have a format, as their parsers found them; by their place in Document::files, in bytes from the file's beginning.
using FormattedParts = QHash<qsizetype, QList<Part>>;

// Fills in title and outline of a document whose path, kind, text and files are there. A folder's parts are its folders and
// files (a file's part begins with its heading line), and files hold what is found in them: chapters of prose,
// functions and classes of code if Universal Ctags is there (ctags.h). Ends early when stopped.
// Formatted files without parts of their own are looked through like plain text.
void outlineDocument(Document& document, const FormattedParts& formatted, const std::stop_token& stop);

} // namespace octavo::app
