// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include <QByteArrayView>

#include "documents/heading_tree.h"

namespace octavo::app {

// \part to \subsubsection, starred ones too, and \appendix; the title is \title's. Nothing is expanded: headings that a file's own
// macros make are not seen, and those in comments and verbatim text are none. Ends early when stopped.
TextOutline latexOutline(QByteArrayView text, const std::stop_token& stop);

} // namespace octavo::app
