// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "octavo/app/document.h"

namespace octavo::app {

// Fills in title and outline of a document whose path, kind, text and files are there. A folder's parts are its folders and
// files (a file's part begins with its heading line), and files hold what is found in them: chapters of prose,
// functions and classes of code if Universal Ctags is there (ctags.h). Ends early when stopped.
void outlineDocument(Document& document, const std::stop_token& stop);

} // namespace octavo::app
