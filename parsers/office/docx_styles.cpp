// SPDX-License-Identifier: Apache-2.0
#include "office/docx_styles.h"

#include <algorithm>

#include "office/xml_part.h"
#include "text/words.h"

namespace octavo::parsers {

std::string_view valueOf(const xmlNode* parent, std::string_view child)
{
    const xmlNode* found = parent ? childOf(parent, child) : nullptr;
    return found ? attributeOf(found, "val") : std::string_view();
}

namespace {

constexpr int kDeepestInheritance = 16;

DocxStyle styleFrom(const xmlNode* element)
{
    DocxStyle style;
    const std::string name = lowerAscii(valueOf(element, "name"));
    if (name.starts_with("heading "))
        style.headingLevel = std::clamp(numberOf(std::string_view(name).substr(8), 0), 0, 9);
    style.isTitle = name == "title";
    style.isCode = name == "source code" || name == "html preformatted" || name == "preformatted text" || name == "code";
    style.isQuote = name == "quote" || name == "intense quote" || name == "block text" || name == "quotations";
    const xmlNode* paragraph = childOf(element, "pPr");
    if (const int outline = numberOf(valueOf(paragraph, "outlineLvl"), 9); outline < 9 && style.headingLevel == 0)
        style.headingLevel = outline + 1;
    if (const xmlNode* numbering = paragraph ? childOf(paragraph, "numPr") : nullptr) {
        style.numbering = valueOf(numbering, "numId");
        style.listLevel = numberOf(valueOf(numbering, "ilvl"), style.headingLevel > 0 ? style.headingLevel - 1 : 0);
    }
    return style;
}

ListLevel::Kind kindOf(std::string_view format)
{
    using Kind = ListLevel::Kind;
    if (format == "bullet")
        return Kind::Bullet;
    if (format == "none")
        return Kind::None;
    if (format == "lowerLetter")
        return Kind::LowerLetter;
    if (format == "upperLetter")
        return Kind::UpperLetter;
    if (format == "lowerRoman")
        return Kind::LowerRoman;
    return format == "upperRoman" ? Kind::UpperRoman : Kind::Decimal;
}

ListLevels levelsFrom(const xmlNode* list)
{
    ListLevels levels;
    for (const xmlNode* level = list->children; level; level = level->next) {
        const int at = isElement(level, "lvl") ? numberOf(attributeOf(level, "ilvl"), -1) : -1;
        if (at >= 0 && at < kListLevels)
            levels[std::size_t(at)] = {kindOf(valueOf(level, "numFmt")), std::string(valueOf(level, "lvlText")), numberOf(valueOf(level, "start"), 1)};
    }
    return levels;
}

} // namespace

DocxStyles::DocxStyles(const Members& members)
{
    if (const XmlDocument styles = xmlPart(members, "word/styles.xml"))
        readStyles(xmlDocGetRootElement(styles.get()));
    if (const XmlDocument numbering = xmlPart(members, "word/numbering.xml"))
        readNumbering(xmlDocGetRootElement(numbering.get()));
}

void DocxStyles::readStyles(const xmlNode* root)
{
    for (const xmlNode* style = root->children; style; style = style->next) {
        if (isElement(style, "style") && attributeOf(style, "type") == "paragraph")
            m_styles[std::string(attributeOf(style, "styleId"))] = {std::string(valueOf(style, "basedOn")), styleFrom(style)};
    }
}

void DocxStyles::readNumbering(const xmlNode* root)
{
    for (const xmlNode* node = root->children; node; node = node->next) {
        if (isElement(node, "abstractNum"))
            m_lists[std::string(attributeOf(node, "abstractNumId"))] = levelsFrom(node);
        else if (isElement(node, "num"))
            m_listOfNumbering[std::string(attributeOf(node, "numId"))] = valueOf(node, "abstractNumId");
    }
}

DocxStyle DocxStyles::styleOf(std::string_view styleId) const
{
    DocxStyle style;
    auto raw = m_styles.find(styleId);
    for (int depth = 0; raw != m_styles.end() && depth < kDeepestInheritance; ++depth) {
        const DocxStyle& own = raw->second.own;
        style.headingLevel = style.headingLevel > 0 ? style.headingLevel : own.headingLevel;
        style.isTitle = style.isTitle || (depth == 0 && own.isTitle);
        style.isCode = style.isCode || own.isCode;
        style.isQuote = style.isQuote || own.isQuote;
        if (style.numbering.empty()) {
            style.numbering = own.numbering;
            style.listLevel = own.listLevel;
        }
        raw = m_styles.find(raw->second.basedOn);
    }
    return style;
}

const std::string& DocxStyles::listOf(std::string_view numbering) const
{
    static const std::string none;
    const auto list = m_listOfNumbering.find(numbering);
    return list == m_listOfNumbering.end() ? none : list->second;
}

const ListLevels* DocxStyles::levelsOf(std::string_view numbering) const
{
    const auto levels = m_lists.find(listOf(numbering));
    return levels == m_lists.end() ? nullptr : &levels->second;
}

} // namespace octavo::parsers
