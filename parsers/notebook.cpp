// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "parsers.h"
#include "text/left_out.h"
#include "text/markdown.h"
#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

using nlohmann::json;

constexpr int kDeepest = 200;   // what notebooks hold is about ten deep
constexpr std::string_view kNotRead = "pictures are not read";

bool tooDeep(std::string_view text)
{
    int depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size() && depth <= kDeepest; ++at) {
        const char c = text[at];
        if (quoted && c == '\\')
            ++at;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    }
    return depth > kDeepest;
}

const json& member(const json& object, const char* name)
{
    static const json nothing;
    const auto found = object.find(name);   // of what is no object: the end
    return found == object.end() ? nothing : *found;
}

// Notebooks keep long text as one string or as its lines.
std::string textOf(const json& value)
{
    if (value.is_string())
        return value.get_ref<const std::string&>();
    std::string text;
    if (value.is_array()) {
        for (const json& line : value)
            text += line.is_string() ? line.get_ref<const std::string&>() : std::string();
    }
    return text;
}

// Behind an escape character: the rest of a terminal's command, such as "[0;31m" or "]8;;link\a".
std::size_t endOfCommand(std::string_view text, std::size_t at)
{
    if (at >= text.size())
        return at;
    if (text[at] == ']')
        return std::min(text.find_first_of("\a\x1B\n", at), text.size());
    if (text[at] != '[') {
        while (at < text.size() && text[at] >= ' ' && text[at] < '0')
            ++at;
        return at + (at < text.size() && text[at] >= '0');   // not half a character beyond ASCII
    }
    const auto ends = [](char c) { return c < ' ' || c >= '@'; };
    const auto end = std::find_if(text.begin() + std::ptrdiff_t(at) + 1, text.end(), ends);
    return std::size_t(end - text.begin()) + (end != text.end() && *end >= '@');
}

// What a terminal would show in the end: no colours, and of a line that was written over again and again its last state.
std::string shownByTerminal(std::string_view text)
{
    std::string shown;
    std::size_t line = 0;   // where the last one begins
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at++];
        if (c == '\x1B')
            at = endOfCommand(text, at);
        else if (c == '\r' && at < text.size() && text[at] != '\n' && text[at] != '\r')
            shown.erase(line);
        else if (c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= ' ')
            shown += c;
        line = c == '\n' ? shown.size() : line;
    }
    return shown;
}

// Blank lines at the ends go, the first line's indent stays.
std::string tidyCode(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos)
        return {};
    const std::size_t lineEnd = text.substr(0, begin).rfind('\n');
    const std::size_t first = lineEnd == text.npos ? 0 : lineEnd + 1;
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first));
}

// Nothing, or as good as nothing: "<Figure size 640x480 with 1 Axes>".
bool isPlaceholder(std::string_view text)
{
    text = trimmed(text);
    return text.empty() || (text.starts_with('<') && text.ends_with('>') && text.find('\n') == text.npos);
}

class Reader {
public:
    explicit Reader(Sink& sink) : m_sink(sink) {}

    bool read(const json& notebook);

private:
    void readCells(const json& cells);
    void readCell(const json& cell);
    void readMarkdown(std::string_view text);
    void readOutput(const json& output);
    void readData(const json& data);
    void readError(const json& output);
    std::string withoutPictures(std::string_view text);
    void code(std::string_view text);
    void emit(Block block);

    Sink& m_sink;
    LeftOut m_leftOut;
    long m_cell = 0;
    bool m_cellBegins = false;
};

bool Reader::read(const json& notebook)
{
    const json& cells = member(notebook, "cells");
    const json& worksheets = member(notebook, "worksheets");   // of version 3
    if (!cells.is_array() && !worksheets.is_array())
        return false;
    const std::string title = squeezed(textOf(member(member(notebook, "metadata"), "title")));
    if (!title.empty())
        m_sink.title(title);
    readCells(cells);
    if (worksheets.is_array()) {
        for (const json& worksheet : worksheets)
            readCells(member(worksheet, "cells"));
    }
    m_leftOut.report(m_sink);
    return true;
}

void Reader::readCells(const json& cells)
{
    if (!cells.is_array())
        return;
    for (const json& cell : cells) {
        ++m_cell;
        m_cellBegins = true;
        readCell(cell);
    }
}

void Reader::readCell(const json& cell)
{
    const std::string kind = textOf(member(cell, "cell_type"));
    const std::string source = textOf(member(cell, member(cell, "source").is_null() ? "input" : "source"));
    if (kind == "markdown") {
        readMarkdown(source);
    } else if (kind == "heading") {
        const json& level = member(cell, "level");
        emit({Block::Kind::Heading, level.is_number_integer() ? int(std::clamp(level.get<long>(), 1L, 6L)) : 1, squeezed(source)});
    } else if (kind == "code") {
        code(source);
        const json& outputs = member(cell, "outputs");
        for (const json& output : outputs.is_array() ? outputs : json::array())
            readOutput(output);
    } else {
        emit({Block::Kind::Paragraph, 1, std::string(trimmed(source))});
    }
}

void Reader::readMarkdown(std::string_view text)
{
    for (Block& block : markdownBlocks(withoutPictures(text)))
        emit(std::move(block));
}

// ![](data:image/png;base64,iVBORw0KGgo…)
std::string Reader::withoutPictures(std::string_view text)
{
    constexpr std::string_view kBegin = ";base64,";
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    std::string result;
    for (std::size_t at = text.find(kBegin); at != text.npos; at = text.find(kBegin)) {
        result += text.substr(0, at);
        text.remove_prefix(std::min(text.find_first_not_of(kDigits, at + kBegin.size()), text.size()));
        m_leftOut.one("image", kNotRead);
    }
    return result.append(text);
}

void Reader::readOutput(const json& output)
{
    const std::string kind = textOf(member(output, "output_type"));
    if (kind == "stream")
        code(textOf(member(output, "text")));
    else if (kind == "error" || kind == "pyerr")
        readError(output);
    else
        readData(member(output, "data").is_object() ? member(output, "data") : output);   // version 3 has no "data"
}

void Reader::readError(const json& output)
{
    const std::string error = textOf(member(output, "ename")) + ": " + textOf(member(output, "evalue"));
    const json& traceback = member(output, "traceback");
    std::string lines;
    for (const json& line : traceback.is_array() ? traceback : json::array())
        lines += '\n' + textOf(line);
    code(shownByTerminal(lines).find(error) == std::string::npos ? error + lines : lines);   // most say it themselves, at their end
}

// The same thing in several forms, of which the reader sees one.
void Reader::readData(const json& data)
{
    const auto has = [&](auto... kinds) { return (!member(data, kinds).is_null() || ...); };
    const auto first = [&](auto... kinds) {
        std::string text;
        ((text = text.empty() ? textOf(member(data, kinds)) : text), ...);
        return text;
    };
    const std::string plain = first("text/plain", "text");
    const bool browser = has("text/html", "html", "application/javascript", "javascript", "application/vnd.jupyter.widget-view+json");
    const std::string markdown = first("text/markdown");
    const std::string formula = first("text/latex", "latex");
    if (has("image/png", "image/jpeg", "image/svg+xml", "image/gif", "image/webp", "image/bmp", "png", "jpeg", "svg"))
        m_leftOut.one("image", kNotRead);
    else if (has("application/pdf", "pdf"))
        m_leftOut.one("embedded PDF", "not read");
    else if (!markdown.empty() && isPlaceholder(plain))
        readMarkdown(markdown);
    else if (browser && isPlaceholder(plain) && formula.empty())
        m_leftOut.one("interactive output", "only shown in a browser");
    else if (const std::string text = isPlaceholder(plain) && !formula.empty() ? formula : plain; !text.empty())
        code(text);
    else
        m_leftOut.one("other output", "of a kind that is not read");
}

void Reader::code(std::string_view text) { emit({Block::Kind::Code, 1, tidyCode(shownByTerminal(text))}); }

void Reader::emit(Block block)
{
    if (block.text.empty())
        return;
    if (std::exchange(m_cellBegins, false)) {
        Mark mark;
        mark.name = "cell " + std::to_string(m_cell);
        block.marks.push_back(std::move(mark));
    }
    m_sink.block(block);
}

} // namespace

Parsed parseNotebook(std::string_view file, Sink& sink)
{
    // nlohmann's reader and destructor do not recurse, but what comes of millions of brackets takes a hundred times their space.
    if (tooDeep(file))
        return Fault{Fault::Kind::Damaged, "nested too deep"};
    const json notebook = json::parse(validUtf8(file), nullptr, false);
    if (notebook.is_discarded())
        return Fault{Fault::Kind::Damaged, "not JSON"};
    if (!Reader(sink).read(notebook))
        return Fault{Fault::Kind::Damaged, "no cells"};
    return {};
}

} // namespace octavo::parsers
