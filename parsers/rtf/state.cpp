// SPDX-License-Identifier: Apache-2.0
#include "rtf/state.h"

#include <algorithm>

namespace octavo::parsers::rtf {

void State::resetParagraph()
{
    layout = {};
    style = 0;
    outline = -1;
}

bool State::setParagraphProperty(Meaning meaning, int value, bool on)
{
    switch (meaning) {
    case Meaning::ParagraphDefaults:
        resetParagraph();
        return true;
    case Meaning::TableParagraph: layout.inTable = on; return true;
    case Meaning::Style: style = value; return true;
    case Meaning::OutlineLevel: outline = value; return true;
    case Meaning::ListLevel: layout.listLevel = std::clamp(value, 0, kHeadingLevels) + 1; return true;
    case Meaning::Indent: layout.indent = value; return true;
    case Meaning::FirstIndent: layout.firstIndent = value; return true;
    default: return false;
    }
}

} // namespace octavo::parsers::rtf
