// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include <QByteArrayView>

#include "documents/heading_tree.h"

namespace octavo::app {

// Headings as CommonMark (md4c) sees them, so "#" in code is none; headings inside lists and quotations are left out.
// Ends early when stopped. No parts beyond 64 MiB.
TextOutline markdownOutline(QByteArrayView text, const std::stop_token& stop);

} // namespace octavo::app
