// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QByteArrayView>
#include <QList>

#include "documents/ctags.h"
#include "octavo/app/document.h"

namespace octavo::app {

// Functions and classes of a source file as parts: "ForwardPass::run", "class Reading". A part begins with the comment, the
// attributes or the template line right above, and ends behind the blank lines that follow it. What is too short for a part of
// its own is told by what is around it. Byte ranges are those of `text`, whose definitions `tags` are, in any order; tags may
// be wrong, as they are guesses where the code has errors.
QList<Part> codeParts(QByteArrayView text, const std::vector<CodeTag>& tags);

} // namespace octavo::app
