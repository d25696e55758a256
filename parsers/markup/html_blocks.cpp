// SPDX-License-Identifier: Apache-2.0
#include "markup/html_blocks.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "text/words.h"

namespace octavo::parsers {

namespace {

enum class Role { Inline, Block, Heading, List, Item, Table, Row, Cell, Pre, Quote, Break, Image, Link, Ruby, Navigation, Form, Nothing };

Role roleOf(std::string_view name)
{
    static const std::unordered_map<std::string_view, Role> roles{
        {"address", Role::Block},    {"article", Role::Block},   {"aside", Role::Block},     {"body", Role::Block},     {"caption", Role::Block},
        {"center", Role::Block},     {"dd", Role::Block},        {"details", Role::Block},   {"div", Role::Block},      {"dl", Role::Block},
        {"dt", Role::Block},         {"fieldset", Role::Block},  {"figcaption", Role::Block}, {"figure", Role::Block},  {"footer", Role::Block},
        {"form", Role::Block},       {"header", Role::Block},    {"hr", Role::Block},        {"html", Role::Block},     {"legend", Role::Block},
        {"main", Role::Block},       {"p", Role::Block},         {"section", Role::Block},   {"summary", Role::Block},  {"tbody", Role::Block},
        {"tfoot", Role::Block},      {"thead", Role::Block},     {"h1", Role::Heading},      {"h2", Role::Heading},     {"h3", Role::Heading},
        {"h4", Role::Heading},       {"h5", Role::Heading},      {"h6", Role::Heading},      {"ul", Role::List},        {"ol", Role::List},
        {"menu", Role::List},        {"li", Role::Item},         {"table", Role::Table},     {"tr", Role::Row},         {"td", Role::Cell},
        {"th", Role::Cell},          {"pre", Role::Pre},         {"listing", Role::Pre},     {"xmp", Role::Pre},        {"blockquote", Role::Quote},
        {"br", Role::Break},         {"img", Role::Image},       {"svg", Role::Image},       {"a", Role::Link},         {"rt", Role::Ruby},
        {"nav", Role::Navigation},   {"iframe", Role::Form},     {"object", Role::Form},     {"embed", Role::Form},     {"video", Role::Form},
        {"audio", Role::Form},       {"canvas", Role::Form},     {"select", Role::Form},     {"button", Role::Form},    {"textarea", Role::Form},
        {"head", Role::Nothing},     {"script", Role::Nothing},  {"style", Role::Nothing},   {"template", Role::Nothing}, {"noscript", Role::Nothing},
        {"rp", Role::Nothing},       {"annotation", Role::Nothing},
    };
    const auto found = roles.find(name);
    return found == roles.end() ? Role::Inline : found->second;
}

bool breaksBlock(Role role) { return role >= Role::Block && role <= Role::Quote; }

bool hasWord(std::string_view list, std::string_view word)
{
    for (std::size_t at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || isSpace(list[at - 1])) && (end == list.size() || isSpace(list[end])))
            return true;
    }
    return false;
}

bool isTyped(const xmlNode* element, std::initializer_list<std::string_view> types)
{
    const auto has = [&](std::string_view list) { return std::any_of(types.begin(), types.end(), [&](std::string_view type) { return hasWord(list, type); }); };
    return has(attributeOf(element, "epub:type")) || has(attributeOf(element, "role"));
}

bool isHidden(const xmlNode* element)
{
    if (hasAttribute(element, "hidden"))
        return true;
    std::string style = lowerAscii(attributeOf(element, "style"));
    std::erase_if(style, isSpace);
    return style.find("display:none") != std::string::npos;
}

bool isNote(const xmlNode* element)
{
    return isTyped(element, {"footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes", "doc-footnote", "doc-endnotes", "doc-endnote"});
}

bool holds(const xmlNode* element, std::string_view name)
{
    for (const xmlNode* node = element->children; node; node = following(node, element)) {
        if (isElement(node, name))
            return true;
    }
    return false;
}

// "12" in <sup><a href="#n12">: a reference to a note, and not a number that belongs to the word before it.
bool isNoteReference(const xmlNode* link)
{
    if (isTyped(link, {"noteref", "doc-noteref"}))
        return true;
    if (attributeOf(link, "href").find('#') == std::string_view::npos)
        return false;
    const std::string text = squeezed(allTextOf(link));
    const bool mark = !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789*[]()†‡") == std::string::npos;
    return mark && (isElement(link->parent, "sup") || holds(link, "sup"));
}

bool isBackLink(const xmlNode* link)
{
    return isTyped(link, {"doc-backlink", "backlink"}) || hasWord(attributeOf(link, "class"), "footnote-back");
}

// Tables that only place things on a page have no rows that mean anything.
bool isLayout(const xmlNode* table)
{
    if (attributeOf(table, "role") == "presentation")
        return true;
    int cells = 0;
    static constexpr std::array<std::string_view, 12> kTooMuch{"table", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote", "section"};
    for (const xmlNode* node = table->children; node; node = following(node, table)) {
        if (!isElement(node))
            continue;
        cells += roleOf(nameOf(node)) == Role::Cell;
        if (std::find(kTooMuch.begin(), kTooMuch.end(), nameOf(node)) != kTooMuch.end())
            return true;
    }
    return cells <= 1;
}

std::size_t textBytes(const xmlNode* element) { return squeezed(allTextOf(element)).size(); }

class HtmlReader {
public:
    HtmlReader(const HtmlOptions& options, Sink& sink, HtmlLeftOut& leftOut) : m_options(options), m_parts(options.parts), m_sink(sink), m_leftOut(leftOut) {}

    void read(const xmlNode* root)
    {
        beginParts("");
        const xmlNode* node = root;
        while (node) {
            const bool inside = enter(node);
            if (inside && node->children && node->type != XML_ENTITY_REF_NODE) {
                node = node->children;
                continue;
            }
            if (inside)
                leave(node);
            while (node && !node->next && node != root) {
                node = node->parent;
                if (node)
                    leave(node);
            }
            node = !node || node == root ? nullptr : node->next;
        }
        flush();
    }

private:
    struct List {
        bool ordered = false;
        long next = 1;
    };

    // Whether to go on with what is inside; only then it is left, too.
    bool enter(const xmlNode* node)
    {
        if (isText(node)) {
            append(textOf(node), beginOf(node));
            return false;
        }
        if (!isElement(node))
            return node->type == XML_DOCUMENT_NODE || node->type == XML_HTML_DOCUMENT_NODE;
        m_reached = std::max(m_reached, xmlGetLineNo(node));
        const Role role = roleOf(nameOf(node));
        if (role == Role::Nothing)
            return false;
        if (isHidden(node)) {
            m_leftOut.hiddenBytes += textBytes(node);
            return false;
        }
        if (breaksBlock(role))
            flush();
        if (hasAttribute(node, "id"))
            beginParts(attributeOf(node, "id"));
        if (role == Role::Link && hasAttribute(node, "name"))
            beginParts(attributeOf(node, "name"));
        const bool inside = enter(node, role);
        m_notes += inside && isNote(node);
        return inside;
    }

    bool enter(const xmlNode* node, Role role)
    {
        switch (role) {
        case Role::Heading: m_heading = nameOf(node)[1] - '0'; break;
        case Role::List: m_lists.push_back({nameOf(node) == "ol", numberOf(attributeOf(node, "start"), 1L)}); break;
        case Role::Item: beginItem(node); break;
        case Role::Table: m_layout.push_back(isLayout(node)); break;
        case Role::Row: m_row.clear(); break;
        case Role::Cell: m_inCell = inDataTable(); break;
        case Role::Pre: ++m_pre; break;
        case Role::Quote: ++m_quotes; break;
        case Role::Break: breakLine(); break;
        case Role::Image: addImage(node); return false;
        case Role::Link: return enterLink(node);
        case Role::Ruby: append("(", xmlGetLineNo(node)); break;
        case Role::Navigation: m_leftOut.navigationBytes += textBytes(node); return false;
        case Role::Form: ++m_leftOut.pluginsAndForms; return false;
        default: break;
        }
        return true;
    }

    void leave(const xmlNode* node)
    {
        if (!isElement(node))
            return;
        const Role role = roleOf(nameOf(node));
        if (role == Role::Cell && inDataTable()) {
            m_row.push_back(squeezed(m_text));
            m_text.clear();
            m_inCell = false;
        } else if (breaksBlock(role)) {
            flush();
        }
        switch (role) {
        case Role::Heading: m_heading = 0; break;
        case Role::List: m_lists.pop_back(); break;
        case Role::Item: m_marker.clear(); break;
        case Role::Table: m_layout.pop_back(); break;
        case Role::Row: emitRow(); break;
        case Role::Pre: --m_pre; break;
        case Role::Quote: --m_quotes; break;
        case Role::Ruby: append(")", 0); break;
        default: break;
        }
        m_notes -= isNote(node);
    }

    bool inDataTable() const { return !m_layout.empty() && !m_layout.back(); }

    void beginItem(const xmlNode* node)
    {
        if (m_lists.empty() || !m_lists.back().ordered) {
            m_marker = "• ";
            return;
        }
        List& list = m_lists.back();
        list.next = numberOf(attributeOf(node, "value"), list.next);
        m_marker = std::to_string(list.next) + ". ";
        list.next = list.next < 1'000'000'000 ? list.next + 1 : list.next;
    }

    bool enterLink(const xmlNode* node)
    {
        if (isBackLink(node))
            return false;
        if (!isNoteReference(node))
            return true;
        std::string mark = squeezed(allTextOf(node));
        if (!mark.starts_with('['))
            mark = '[' + mark + ']';
        append(mark, xmlGetLineNo(node));
        return false;
    }

    void addImage(const xmlNode* node)
    {
        const std::string words = squeezed(attributeOf(node, "alt"));
        if (words.empty())
            ++m_leftOut.images;
        else
            append("[Image: " + words + ']', xmlGetLineNo(node));
    }

    void beginParts(std::string_view id)
    {
        const auto [from, to] = m_parts.equal_range(std::string(id));
        for (auto at = from; at != to; ++at)
            m_sink.part(at->second.title, at->second.level);
        m_parts.erase(from, to);   // of an id that comes twice the first counts
    }

    // The line where a text begins. libxml2 tells where it ends, or, if an entity stands in it, where that does: too low then, but never too high.
    // So it is not above what came before.
    long beginOf(const xmlNode* text) const
    {
        const std::string_view words = textOf(text);
        return std::max(m_reached, xmlGetLineNo(text) - std::count(words.begin(), words.end(), '\n'));
    }

    // `line`: where the text begins; 0: its lines are none of the file.
    void append(std::string_view text, long line)
    {
        for (const char c : text) {
            if (!isSpace(c)) {
                noteLine(line);
                m_text += c;
            } else if (m_pre > 0) {
                m_text += c;
            } else if (!m_text.empty() && m_text.back() != ' ' && m_text.back() != '\n') {
                m_text += ' ';
            }
            line += line > 0 && c == '\n';
        }
        m_reached = std::max(m_reached, line);
    }

    void noteLine(long line)
    {
        if (m_hasLine || line <= 0)
            return;
        m_line = line;
        m_hasLine = true;
    }

    void breakLine()
    {
        if (m_pre > 0) {
            m_text += '\n';
            return;
        }
        if (m_heading > 0 || m_inCell)
            return append(" ", 0);
        while (m_text.ends_with(' '))
            m_text.pop_back();
        if (m_text.ends_with('\n'))
            flush();   // two in a row stand for a paragraph
        else if (!m_text.empty())
            m_text += '\n';
    }

    void emitRow()
    {
        std::string text = rowOf(m_row);
        m_row.clear();
        m_hasLine = false;
        if (!text.empty())
            emit(Block::Kind::Row, 1, std::move(text));
    }

    void flush()
    {
        if (m_inCell)
            return append(" ", 0);
        std::string text = m_pre > 0 ? withoutOuterLines() : std::string(trimmed(m_text));
        m_text.clear();
        m_hasLine = !m_row.empty();   // a row begins where its first cell does
        if (text.empty())
            return;
        if (m_pre > 0)
            return emit(Block::Kind::Code, 1, std::move(text));
        if (m_heading > 0)
            return emit(Block::Kind::Heading, m_heading, std::move(text));
        if (m_notes > 0)
            return emit(Block::Kind::Note, 1, noteMark() + text);
        if (!m_marker.empty()) {
            text.insert(0, m_marker);
            m_marker.clear();
            return emit(Block::Kind::Item, int(m_lists.empty() ? 1 : m_lists.size()), std::move(text));
        }
        emit(m_quotes > 0 ? Block::Kind::Quote : Block::Kind::Paragraph, 1, std::move(text));
    }

    // A list of notes is numbered like its references.
    std::string noteMark()
    {
        const std::size_t end = m_marker.find('.');
        const std::string mark = end == std::string::npos ? std::string() : '[' + m_marker.substr(0, end) + "] ";
        m_marker.clear();
        return mark;
    }

    std::string withoutOuterLines() const
    {
        std::string_view text = m_text;
        if (trimmed(text).empty())
            return {};
        while (!text.empty() && isSpace(text.back()))
            text.remove_suffix(1);
        const std::size_t line = text.find_last_of('\n', text.find_first_not_of(" \t\r\n"));
        return std::string(line == std::string_view::npos ? text : text.substr(line + 1));
    }

    void emit(Block::Kind kind, int level, std::string text)
    {
        m_sink.block({kind, level, std::move(text), {Mark{0, 0, {}, m_options.nameOfLine(std::max(1L, m_line))}}});
    }

    const HtmlOptions& m_options;
    std::multimap<std::string, PlannedPart> m_parts;   // not begun yet
    Sink& m_sink;
    HtmlLeftOut& m_leftOut;
    std::string m_text;            // of the block at hand
    long m_line = 1;               // where it, or the row around it, begins
    bool m_hasLine = false;        // m_line is known
    long m_reached = 1;            // line that all that follows stands on or below
    std::string m_marker;          // bullet or number that the next block of a list's item begins with
    std::vector<List> m_lists;
    std::vector<bool> m_layout;    // of the tables around: whether they only lay out a page
    std::vector<std::string> m_row;
    bool m_inCell = false;
    int m_heading = 0;
    int m_pre = 0;
    int m_quotes = 0;
    int m_notes = 0;
};

} // namespace

void HtmlLeftOut::tell(Sink& sink) const
{
    if (images > 0)
        sink.remark({counted(std::size_t(images), "picture"), "no words stand for them"});
    if (navigationBytes > 0)
        sink.remark({counted(navigationBytes, "byte") + " of navigation", "menus are left out"});
    if (hiddenBytes > 0)
        sink.remark({counted(hiddenBytes, "byte") + " of hidden text", "not shown to readers either"});
    if (pluginsAndForms > 0)
        sink.remark({counted(pluginsAndForms, "form element or embedded object"), "not text"});
}

void readHtml(const xmlNode* root, const HtmlOptions& options, Sink& sink, HtmlLeftOut& leftOut) { HtmlReader(options, sink, leftOut).read(root); }

std::string htmlTitle(const xmlNode* root)
{
    for (const xmlNode* node = root; node; node = following(node, root)) {
        if (isElement(node, "title"))
            return squeezed(allTextOf(node));
        if (isElement(node, "body"))
            break;
    }
    return {};
}

} // namespace octavo::parsers
