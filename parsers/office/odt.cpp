// SPDX-License-Identifier: Apache-2.0
#include "office/odt.h"

#include <algorithm>
#include <map>

#include "office/odt_styles.h"
#include "office/office_blocks.h"
#include "office/xml_part.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

bool isIndex(std::string_view name) { return name.ends_with("-index") || name == "table-of-content" || name == "bibliography"; }

class OdtReader {
public:
    OdtReader(const Members& members, Sink& sink) : m_members(members), m_sink(sink), m_blocks(sink) {}

    Parsed read()
    {
        const auto content = parseXml(m_members.at("content.xml"));
        if (!content)
            return content.error();
        const xmlNode* root = xmlDocGetRootElement(content->get());
        if (const auto styles = xmlPart(m_members, "styles.xml")) {
            m_styles.read(xmlDocGetRootElement(styles.get()));
            noteRunningHeads(xmlDocGetRootElement(styles.get()));
        }
        m_styles.read(root);
        tellTitle();
        const xmlNode* body = childOf(root, "body");
        const xmlNode* text = body ? childOf(body, "text") : nullptr;
        if (!text)
            return body ? Fault{Fault::Kind::Unsupported, "an OpenDocument file, but not a text"} : Fault{Fault::Kind::Damaged, "a document without a body"};
        readBlocks(text);
        if (m_indexes > 0)
            m_sink.remark({m_indexes == 1 ? "1 generated index" : std::to_string(m_indexes) + " generated indexes", "made of the headings"});
        m_blocks.tell();
        return {};
    }

private:
    struct List {
        const ListLevels* levels = nullptr;
        ListCounter* counter = nullptr;
    };

    void noteRunningHeads(const xmlNode* root)
    {
        for (const xmlNode* node = root; node; node = following(node, root)) {
            if ((isElement(node, "header") || isElement(node, "footer")) && !trimmed(allTextOf(node)).empty())
                m_blocks.runningHeads = true;
        }
    }

    void tellTitle()
    {
        const XmlDocument meta = xmlPart(m_members, "meta.xml");
        const xmlNode* root = meta ? xmlDocGetRootElement(meta.get()) : nullptr;
        for (const xmlNode* node = root; node; node = following(node, root)) {
            if (isElement(node, "title"))
                return tellTitle(squeezed(allTextOf(node)));
        }
    }

    void tellTitle(const std::string& title)
    {
        if (!title.empty() && !m_hasTitle)
            m_sink.title(title);
        m_hasTitle = m_hasTitle || !title.empty();
    }

    void readBlocks(const xmlNode* parent)
    {
        for (const xmlNode* node = parent->children; node; node = node->next) {
            if (isElement(node))
                readBlock(node);
        }
    }

    void readBlock(const xmlNode* node)
    {
        const std::string_view name = nameOf(node);
        if (name == "h")
            readHeading(node);
        else if (name == "p")
            readParagraph(node);
        else if (name == "list")
            readList(node);
        else if (name == "table")
            readTable(node);
        else if (name == "tracked-changes")
            m_blocks.deletions += countBelow(node, "deletion");
        else if (isIndex(name))
            ++m_indexes;
        else if (name == "frame" || name == "text-box" || name == "section" || name == "numbered-paragraph" || name == "a")
            readBlocks(node);
        else if (name == "image")
            ++m_blocks.pictures;
    }

    static int countBelow(const xmlNode* root, std::string_view name)
    {
        int count = 0;
        for (const xmlNode* node = root->children; node; node = following(node, root))
            count += isElement(node, name);
        return count;
    }

    void readHeading(const xmlNode* node)
    {
        const auto level = int(std::clamp(numberOf(attributeOf(node, "outline-level"), 1L), 1L, 9L));
        std::string text;
        std::vector<const xmlNode*> frames;
        readInline(node, text, frames);
        const bool counts = attributeOf(node, "is-list-header") != "true";
        const std::string number = counts ? m_headings.next(m_styles.outlineLevels(), level - 1) : std::string();
        m_blocks.add(Block::Kind::Heading, level, number + squeezed(text));
        for (const xmlNode* frame : frames)
            readBlocks(frame);
    }

    void readParagraph(const xmlNode* node)
    {
        std::string text;
        std::vector<const xmlNode*> frames;
        readInline(node, text, frames);
        const std::string_view style = attributeOf(node, "style-name");
        if (m_styles.isA(style, "Title"))
            tellTitle(squeezed(text));
        if (m_styles.isHidden(style)) {
            m_blocks.hiddenText = true;
        } else if (!m_marker.empty() && !trimmed(text).empty()) {
            m_blocks.add(Block::Kind::Item, std::max(1, int(m_lists.size())), std::exchange(m_marker, {}) + text);
        } else {
            const bool code = m_styles.isA(style, "Preformatted_20_Text") || m_styles.isA(style, "Source_20_Code");
            const bool quote = m_styles.isA(style, "Quotations");
            m_blocks.add(code ? Block::Kind::Code : quote ? Block::Kind::Quote : Block::Kind::Paragraph, 1, text);
        }
        for (const xmlNode* frame : frames)
            readBlocks(frame);
    }

    void readList(const xmlNode* node)
    {
        const std::string style(attributeOf(node, "style-name"));
        const bool nested = !m_lists.empty();
        List list = nested ? m_lists.back() : List{nullptr, &m_counters[std::string(attributeOf(node, "id"))]};
        if (const ListLevels* levels = m_styles.levelsOf(style))
            list.levels = levels;
        if (!nested && attributeOf(node, "continue-numbering") != "true" && attributeOf(node, "continue-list").empty())
            *list.counter = {};
        m_lists.push_back(list);
        for (const xmlNode* item = node->children; item; item = item->next) {
            if (isElement(item, "list-header")) {
                readBlocks(item);
            } else if (isElement(item, "list-item")) {
                const int level = int(m_lists.size()) - 1;
                if (const long start = numberOf(attributeOf(item, "start-value"), 0L); start > 0)
                    list.counter->restart(std::min(level, kListLevels - 1), start - 1);
                m_marker = onlyHolds(item, "list") ? std::string() : list.levels ? list.counter->next(*list.levels, level) : "• ";
                readBlocks(item);
                m_marker.clear();
            }
        }
        m_lists.pop_back();
    }

    // An item that is there for the list in it alone.
    static bool onlyHolds(const xmlNode* item, std::string_view name)
    {
        for (const xmlNode* node = item->children; node; node = node->next) {
            if (isElement(node) && nameOf(node) != name)
                return false;
        }
        return true;
    }

    void readTable(const xmlNode* table)
    {
        for (const xmlNode* node = table->children; node; node = node->next) {
            if (isElement(node, "table-row"))
                readRow(node);
            else if (isElement(node, "table-header-rows") || isElement(node, "table-rows") || isElement(node, "table-row-group"))
                readTable(node);
        }
    }

    void readRow(const xmlNode* row)
    {
        std::vector<const xmlNode*> cells;
        for (const xmlNode* cell = row->children; cell; cell = cell->next) {
            if (isElement(cell, "table-cell"))
                cells.push_back(cell);
        }
        if (cells.size() == 1)   // a frame around text
            return readBlocks(cells.front());
        std::vector<std::string> texts;
        for (const xmlNode* cell : cells)
            texts.push_back(flatText(cell));
        m_blocks.addRow(texts);
    }

    std::string flatText(const xmlNode* parent)
    {
        std::string text;
        std::vector<const xmlNode*> frames;
        for (const xmlNode* node = parent->children; node; node = node->next) {
            if (isElement(node, "p") || isElement(node, "h"))
                readInline(node, text, frames);
            else if (isElement(node))
                text += flatText(node);
            text += ' ';
        }
        return squeezed(text);
    }

    // White space is as in HTML; what is meant as more has elements of its own.
    void readInline(const xmlNode* parent, std::string& text, std::vector<const xmlNode*>& frames)
    {
        for (const xmlNode* node = parent->children; node; node = node->next) {
            if (isText(node))
                append(textOf(node), text);
            else if (isElement(node))
                readInlineElement(node, text, frames);
        }
    }

    static void append(std::string_view piece, std::string& text)
    {
        for (const char c : piece) {
            if (!isSpace(c))
                text += c;
            else if (!text.ends_with(' '))
                text += ' ';
        }
    }

    void readInlineElement(const xmlNode* node, std::string& text, std::vector<const xmlNode*>& frames)
    {
        const std::string_view name = nameOf(node);
        if (name == "s")
            text.append(std::size_t(std::clamp(numberOf(attributeOf(node, "c"), 1L), 1L, 1000L)), ' ');
        else if (name == "tab")
            text += '\t';
        else if (name == "line-break")
            text += '\n';
        else if (name == "note")
            addNote(node, text);
        else if (name == "annotation")
            ++m_blocks.comments;
        else if (name == "ruby-text")
            text += '(' + squeezed(allTextOf(node)) + ')';
        else if (name == "frame" || name == "custom-shape" || name == "text-box")
            frames.push_back(node);
        else if (name == "span" && m_styles.isHidden(attributeOf(node, "style-name")))
            m_blocks.hiddenText = true;
        else if (name == "hidden-text" || name == "hidden-paragraph")
            m_blocks.hiddenText = true;
        else
            readInline(node, text, frames);
    }

    void addNote(const xmlNode* note, std::string& text)
    {
        const xmlNode* body = childOf(note, "note-body");
        if (!body || m_inNote)
            return;
        m_inNote = true;
        const std::string mark = m_blocks.beginNote();
        text += mark;
        m_blocks.endNote(mark, flatText(body));
        m_inNote = false;
    }

    const Members& m_members;
    Sink& m_sink;
    OdtStyles m_styles;
    OfficeBlocks m_blocks;
    ListCounter m_headings;
    std::map<std::string, ListCounter> m_counters;   // by list
    std::vector<List> m_lists;                       // around
    std::string m_marker;                            // what the next paragraph of an item begins with
    int m_indexes = 0;
    bool m_hasTitle = false;
    bool m_inNote = false;
};

} // namespace

Parsed readOdt(const Members& members, Sink& sink)
{
    if (const auto manifest = members.find("META-INF/manifest.xml"); manifest != members.end() && manifest->second.find("encryption-data") != std::string::npos)
        return Fault{Fault::Kind::Encrypted};
    return OdtReader(members, sink).read();
}

bool isWantedOfOdt(std::string_view path)
{
    return path == "mimetype" || path == "content.xml" || path == "styles.xml" || path == "meta.xml" || path == "META-INF/manifest.xml";
}

} // namespace octavo::parsers
