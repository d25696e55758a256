// SPDX-License-Identifier: Apache-2.0
#include "office/odt_styles.h"

#include <algorithm>

#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr int kDeepestInheritance = 16;

ListLevel::Kind kindOf(std::string_view format)
{
    using Kind = ListLevel::Kind;
    return format == "1" ? Kind::Decimal
        : format == "a"  ? Kind::LowerLetter
        : format == "A"  ? Kind::UpperLetter
        : format == "i"  ? Kind::LowerRoman
        : format == "I"  ? Kind::UpperRoman
                         : Kind::None;
}

ListLevels levelsFrom(const xmlNode* list)
{
    ListLevels levels;
    for (const xmlNode* node = list->children; node; node = node->next) {
        const long level = isElement(node) ? numberOf(attributeOf(node, "level"), 0L) : 0;
        if (level < 1 || level > kListLevels)
            continue;
        ListLevel& own = levels[std::size_t(level - 1)];
        if (nameOf(node) == "list-level-style-bullet") {
            own = {ListLevel::Kind::Bullet, {}, 1};
            continue;
        }
        own = {kindOf(attributeOf(node, "num-format")), {}, numberOf(attributeOf(node, "start-value"), 1L)};
        if (own.kind == ListLevel::Kind::None)
            continue;
        own.text = attributeOf(node, "num-prefix");
        const long shown = std::clamp(numberOf(attributeOf(node, "display-levels"), 1L), 1L, level);
        for (long at = level - shown + 1; at <= std::min(level, 9L); ++at)
            own.text += (at > level - shown + 1 ? ".%" : "%") + std::to_string(at);
        own.text += attributeOf(node, "num-suffix");
    }
    return levels;
}

} // namespace

void OdtStyles::read(const xmlNode* root)
{
    for (const xmlNode* node = root; node; node = following(node, root)) {
        if (!isElement(node))
            continue;
        const std::string name(attributeOf(node, "name"));
        if (nameOf(node) == "style") {
            m_parents[name] = attributeOf(node, "parent-style-name");
            const xmlNode* properties = childOf(node, "text-properties");
            m_hidden[name] = properties && attributeOf(properties, "display") == "none";
        } else if (nameOf(node) == "list-style") {
            m_lists[name] = levelsFrom(node);
        } else if (nameOf(node) == "outline-style") {
            m_outline = levelsFrom(node);
        }
    }
}

bool OdtStyles::isA(std::string_view style, std::string_view name) const
{
    for (int depth = 0; !style.empty() && depth < kDeepestInheritance; ++depth) {
        if (style == name)
            return true;
        const auto parent = m_parents.find(style);
        style = parent == m_parents.end() ? std::string_view() : parent->second;
    }
    return false;
}

bool OdtStyles::isHidden(std::string_view style) const
{
    const auto hidden = m_hidden.find(style);
    return hidden != m_hidden.end() && hidden->second;
}

const ListLevels* OdtStyles::levelsOf(std::string_view listStyle) const
{
    const auto levels = m_lists.find(listStyle);
    return levels == m_lists.end() ? nullptr : &levels->second;
}

} // namespace octavo::parsers
