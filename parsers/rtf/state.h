// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rtf/paragraphs.h"
#include "rtf/words.h"

namespace octavo::parsers::rtf {

inline constexpr int kHeadingLevels = 9;

// Where text goes. Around: text nowhere, but there may be other destinations within.
enum class Destination : unsigned char { Body, Bullet, Title, Style, Fonts, Around, Nowhere };

// What a group's end undoes.
struct State {
    Destination destination = Destination::Body;
    bool begins = true;        // nothing but \* was in the group so far
    bool optional = false;     // \* was: to be left alone if not known
    bool deleted = false;
    bool hidden = false;
    bool aside = false;        // the group is a note or a box
    int unicodeSkip = 1;
    int font = 0;
    int style = 0;
    int outline = -1;          // 0 is the outermost
    Layout layout{};

    void resetParagraph();
    bool setParagraphProperty(Meaning meaning, int value, bool on);   // false: it is no such property
};

} // namespace octavo::parsers::rtf
