// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "archive/members.h"
#include "markup/xml.h"
#include "office/numbering.h"

namespace octavo::parsers {

// <w:child w:val="…"/> in `parent`, which may be null; empty if it is not there.
std::string_view valueOf(const xmlNode* parent, std::string_view child);

// What a paragraph style of a DOCX says that matters for reading; unset where a style inherits.
struct DocxStyle {
    int headingLevel = 0;         // 1…9; 0: no heading
    bool isTitle = false;
    bool isCode = false;
    bool isQuote = false;
    std::string numbering{};      // w:numId; empty: none
    int listLevel = -1;
};

class DocxStyles {
public:
    explicit DocxStyles(const Members& members);

    DocxStyle styleOf(std::string_view styleId) const;              // of none: a plain paragraph
    const ListLevels* levelsOf(std::string_view numbering) const;   // null: not numbered
    const std::string& listOf(std::string_view numbering) const;    // numberings of one list count together

private:
    struct Raw {
        std::string basedOn;
        DocxStyle own;
    };
    void readStyles(const xmlNode* root);
    void readNumbering(const xmlNode* root);

    std::map<std::string, Raw, std::less<>> m_styles;
    std::map<std::string, ListLevels, std::less<>> m_lists;
    std::map<std::string, std::string, std::less<>> m_listOfNumbering;
};

} // namespace octavo::parsers
