// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include <QByteArrayView>

#include "documents/heading_tree.h"

namespace octavo::app {

// Headings that marks at the beginning of a line make, outside of blocks of code and the like; both end early when stopped.

// AsciiDoc: "= Title", "== Section".
TextOutline asciidocOutline(QByteArrayView text, const std::stop_token& stop);

// Org: "* Heading", "** Below it", without their keywords and tags; the title is #+title's.
TextOutline orgOutline(QByteArrayView text, const std::stop_token& stop);

} // namespace octavo::app
