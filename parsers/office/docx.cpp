// SPDX-License-Identifier: Apache-2.0
#include "office/docx.h"

#include <charconv>
#include <map>

#include "office/docx_styles.h"
#include "office/office_blocks.h"
#include "office/xml_part.h"
#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

// A property like <w:vanish/> is on unless it says otherwise.
bool isOn(const xmlNode* properties, std::string_view name)
{
    const xmlNode* found = properties ? childOf(properties, name) : nullptr;
    const std::string_view value = found ? attributeOf(found, "val") : "0";
    return value != "0" && value != "false";
}

using Notes = std::map<std::string, const xmlNode*, std::less<>>;   // by w:id

class DocxReader {
public:
    DocxReader(const Members& members, Sink& sink) : m_members(members), m_styles(members), m_sink(sink), m_blocks(sink) {}

    Parsed read()
    {
        const auto document = parseXml(m_members.at("word/document.xml"));
        if (!document)
            return document.error();
        const auto footnotes = xmlPart(m_members, "word/footnotes.xml");
        const auto endnotes = xmlPart(m_members, "word/endnotes.xml");
        m_footnotes = notesIn(footnotes.get(), "footnote");
        m_endnotes = notesIn(endnotes.get(), "endnote");
        tellTitle();
        noteWhatIsLeftOut();
        const xmlNode* body = childOf(xmlDocGetRootElement(document->get()), "body");
        if (!body)
            return Fault{Fault::Kind::Damaged, "a document without a body"};
        readBlocks(body);
        m_blocks.tell();
        return {};
    }

private:
    static Notes notesIn(const xmlDoc* document, std::string_view name)
    {
        Notes notes;
        const xmlNode* root = document ? xmlDocGetRootElement(document) : nullptr;
        for (const xmlNode* note = root ? root->children : nullptr; note; note = note->next) {
            if (isElement(note, name) && attributeOf(note, "type").empty())   // else a separator
                notes[std::string(attributeOf(note, "id"))] = note;
        }
        return notes;
    }

    void tellTitle()
    {
        const XmlDocument core = xmlPart(m_members, "docProps/core.xml");
        const xmlNode* title = core ? childOf(xmlDocGetRootElement(core.get()), "title") : nullptr;
        if (title)
            tellTitle(squeezed(allTextOf(title)));
    }

    void tellTitle(const std::string& title)
    {
        if (!title.empty() && !m_hasTitle)
            m_sink.title(title);
        m_hasTitle = m_hasTitle || !title.empty();
    }

    void noteWhatIsLeftOut()
    {
        for (const auto& [path, bytes] : m_members) {
            if (path.starts_with("word/header") || path.starts_with("word/footer")) {
                const XmlDocument part = xmlPart(m_members, path);
                m_blocks.runningHeads = m_blocks.runningHeads || (part && !trimmed(allTextOf(xmlDocGetRootElement(part.get()))).empty());
            }
        }
        if (const XmlDocument comments = xmlPart(m_members, "word/comments.xml")) {
            for (const xmlNode* node = xmlDocGetRootElement(comments.get())->children; node; node = node->next)
                m_blocks.comments += isElement(node, "comment");
        }
    }

    // Of two ways to show the same (a shape and its picture for old programs) the first.
    static const xmlNode* alternative(const xmlNode* node)
    {
        const xmlNode* choice = childOf(node, "Choice");
        return choice ? choice : childOf(node, "Fallback");
    }

    void readBlocks(const xmlNode* parent)
    {
        for (const xmlNode* node = parent->children; node; node = node->next) {
            if (!isElement(node))
                continue;
            const std::string_view name = nameOf(node);
            if (name == "p")
                readParagraph(node);
            else if (name == "tbl")
                readTable(node);
            else if (name == "AlternateContent" && alternative(node))
                readBlocks(alternative(node));
            else if (name == "del" || name == "moveFrom")
                ++m_blocks.deletions;
            else if (name == "sdt" || name == "sdtContent" || name == "ins" || name == "moveTo" || name == "customXml" || name == "smartTag")
                readBlocks(node);
        }
    }

    void readParagraph(const xmlNode* paragraph)
    {
        const xmlNode* properties = childOf(paragraph, "pPr");
        const DocxStyle style = styleOf(properties);
        std::string text;
        std::vector<const xmlNode*> boxes;
        readRuns(paragraph, text, boxes);
        if (style.isTitle) {
            tellTitle(squeezed(text));
            m_blocks.add(Block::Kind::Paragraph, 1, text);
        } else if (!trimmed(text).empty() || style.numbering.empty()) {
            addParagraph(style, text);
        }
        for (const xmlNode* box : boxes)
            readBlocks(box);
    }

    DocxStyle styleOf(const xmlNode* properties) const
    {
        DocxStyle style = m_styles.styleOf(valueOf(properties, "pStyle"));
        if (!properties)
            return style;
        if (const int outline = numberOf(valueOf(properties, "outlineLvl"), -1); outline >= 0 && outline < 9)
            style.headingLevel = outline + 1;
        if (const xmlNode* numbering = childOf(properties, "numPr")) {
            style.numbering = valueOf(numbering, "numId");
            style.listLevel = numberOf(valueOf(numbering, "ilvl"), 0);
        }
        return style;
    }

    void addParagraph(const DocxStyle& style, const std::string& text)
    {
        const ListLevels* levels = m_styles.levelsOf(style.numbering);
        const int level = std::clamp(style.listLevel, 0, kListLevels - 1);
        const std::string mark = levels ? m_counters[m_styles.listOf(style.numbering)].next(*levels, level) : std::string();
        if (style.headingLevel > 0)
            m_blocks.add(Block::Kind::Heading, style.headingLevel, mark + squeezed(text));
        else if (!mark.empty())
            m_blocks.add(Block::Kind::Item, level + 1, mark + text);
        else
            m_blocks.add(style.isCode ? Block::Kind::Code : style.isQuote ? Block::Kind::Quote : Block::Kind::Paragraph, 1, text);
    }

    void readRuns(const xmlNode* parent, std::string& text, std::vector<const xmlNode*>& boxes)
    {
        if (isOn(childOf(parent, "rPr"), "vanish")) {
            m_blocks.hiddenText = true;
            return;
        }
        for (const xmlNode* node = parent->children; node; node = node->next) {
            if (isElement(node))
                readRun(node, text, boxes);
        }
    }

    void readRun(const xmlNode* node, std::string& text, std::vector<const xmlNode*>& boxes)
    {
        const std::string_view name = nameOf(node);
        if (name == "t")
            text += allTextOf(node);
        else if (name == "tab" || name == "ptab")
            text += '\t';
        else if (name == "br" || name == "cr")
            text += attributeOf(node, "type") == "page" ? ' ' : '\n';
        else if (name == "noBreakHyphen")
            text += "\u2011";
        else if (name == "sym")
            addSymbol(attributeOf(node, "char"), text);
        else if (name == "footnoteReference")
            addNote(m_footnotes, node, text);
        else if (name == "endnoteReference")
            addNote(m_endnotes, node, text);
        else if (name == "del" || name == "moveFrom")
            ++m_blocks.deletions;
        else if (name == "txbxContent")
            boxes.push_back(node);
        else if (name == "AlternateContent")
            alternative(node) ? readRuns(alternative(node), text, boxes) : void();
        else if (name == "blip" || name == "imagedata")
            ++m_blocks.pictures;
        else if (name == "rt")   // the reading of a ruby, behind its base
            text += '(' + squeezed(allTextOf(node)) + ')';
        else if (name != "pPr" && name != "rPr" && name != "instrText" && name != "delText" && name != "rubyPr")
            readRuns(node, text, boxes);
    }

    static void addSymbol(std::string_view code, std::string& text)
    {
        unsigned character = 0;
        std::from_chars(code.data(), code.data() + code.size(), character, 16);
        if (character >= 0xF000 && character < 0xF100)
            text += "•";   // of a symbol font; nobody knows which
        else if (character >= 0x20)
            appendUtf8(text, character);
    }

    void addNote(const Notes& notes, const xmlNode* reference, std::string& text)
    {
        const auto note = notes.find(attributeOf(reference, "id"));
        if (note == notes.end() || m_inNote)
            return;
        m_inNote = true;   // a note may not be in a note
        const std::string mark = m_blocks.beginNote();
        text += mark;
        m_blocks.endNote(mark, flatText(note->second));
        m_inNote = false;
    }

    std::string flatText(const xmlNode* parent)
    {
        std::string text;
        std::vector<const xmlNode*> boxes;
        for (const xmlNode* node = parent->children; node; node = node->next) {
            if (isElement(node, "p"))
                readRuns(node, text, boxes);
            else if (isElement(node))
                text += flatText(node);
            text += ' ';
        }
        return squeezed(text);
    }

    static void collectCells(const xmlNode* row, std::vector<const xmlNode*>& cells)
    {
        for (const xmlNode* node = row->children; node; node = node->next) {
            if (isElement(node, "tc"))
                cells.push_back(node);
            else if (isElement(node, "sdt") || isElement(node, "sdtContent") || isElement(node, "customXml"))
                collectCells(node, cells);
        }
    }

    void readTable(const xmlNode* table)
    {
        for (const xmlNode* row = table->children; row; row = row->next) {
            std::vector<const xmlNode*> cells;
            if (isElement(row, "tr"))
                collectCells(row, cells);
            if (cells.size() == 1) {   // a frame around text
                readBlocks(cells.front());
                continue;
            }
            std::vector<std::string> texts;
            for (const xmlNode* cell : cells)
                texts.push_back(flatText(cell));
            m_blocks.addRow(texts);
        }
    }

    const Members& m_members;
    DocxStyles m_styles;
    Sink& m_sink;
    OfficeBlocks m_blocks;
    Notes m_footnotes;
    Notes m_endnotes;
    std::map<std::string, ListCounter> m_counters;   // by list
    bool m_hasTitle = false;
    bool m_inNote = false;
};

} // namespace

Parsed readDocx(const Members& members, Sink& sink) { return DocxReader(members, sink).read(); }


bool isWantedOfDocx(std::string_view path) { return (path.starts_with("word/") || path.starts_with("docProps/")) && path.ends_with(".xml"); }

} // namespace octavo::parsers
