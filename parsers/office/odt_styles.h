// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "markup/xml.h"
#include "office/numbering.h"

namespace octavo::parsers {

// Styles of an ODT file that matter for reading, from its styles and its content.
class OdtStyles {
public:
    void read(const xmlNode* root);

    // Whether a paragraph's style, or one it inherits from, has this name.
    bool isA(std::string_view style, std::string_view name) const;
    bool isHidden(std::string_view style) const;
    const ListLevels* levelsOf(std::string_view listStyle) const;   // null: unknown
    const ListLevels& outlineLevels() const { return m_outline; }   // of headings; Kind::None where they have no numbers

private:
    std::map<std::string, std::string, std::less<>> m_parents;
    std::map<std::string, bool, std::less<>> m_hidden;
    std::map<std::string, ListLevels, std::less<>> m_lists;
    ListLevels m_outline = [] {
        ListLevels levels;
        levels.fill({ListLevel::Kind::None, {}, 1});
        return levels;
    }();
};

} // namespace octavo::parsers
