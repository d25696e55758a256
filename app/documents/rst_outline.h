// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include <QByteArrayView>

#include "documents/heading_tree.h"

namespace octavo::app {

// reStructuredText's section titles, told as docutils tells them: by a line of one punctuation mark below, or below and above;
// which of those styles is the outer one is a matter of the text, the style met first is. Ends early when stopped.
TextOutline rstOutline(QByteArrayView text, const std::stop_token& stop);

} // namespace octavo::app
