// SPDX-License-Identifier: Apache-2.0
#include "text/markdown.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "text/nesting.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr std::size_t kHeadingLevels = 6;
constexpr std::size_t kLongestNumber = 9;

std::size_t runOf(char c, std::string_view text) { return std::min(text.find_first_not_of(c), text.size()); }
bool consistsOf(std::string_view text, std::string_view characters) { return text.find_first_not_of(characters) == text.npos; }

struct Fence {
    char character = 0;
    std::size_t length = 0;
};

std::optional<Fence> fenceIn(std::string_view line)
{
    if (!line.starts_with("```") && !line.starts_with("~~~"))
        return std::nullopt;
    const Fence fence{line[0], runOf(line[0], line)};
    const bool codeWithinLine = fence.character == '`' && line.find('`', fence.length) != line.npos;
    return codeWithinLine ? std::nullopt : std::optional(fence);
}

bool closes(const Fence& fence, std::string_view line)
{
    return !line.empty() && line[0] == fence.character && runOf(line[0], line) == line.size() && line.size() >= fence.length;
}

std::optional<Block> headingIn(std::string_view line)
{
    const std::size_t level = runOf('#', line);
    if (level == 0 || level > kHeadingLevels || (level < line.size() && !isSpace(line[level])))
        return std::nullopt;
    std::string_view text = trimmed(line.substr(level));
    const std::size_t last = text.find_last_not_of('#');
    if (last == text.npos)
        text = {};
    else if (isSpace(text[last]))   // "# Title ##", but not "# C#"
        text = trimmed(text.substr(0, last));
    return Block{Block::Kind::Heading, int(level), std::string(text)};
}

bool isItem(std::string_view line)
{
    const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    const bool bullet = digits == 0 && !line.empty() && std::string_view("-*+").find(line[0]) != std::string_view::npos;
    const bool number = digits > 0 && digits <= kLongestNumber && digits < line.size() && (line[digits] == '.' || line[digits] == ')');
    return (bullet || number) && digits + 1 < line.size() && isSpace(line[digits + 1]);
}

std::string rowOf(std::string_view line)
{
    line.remove_prefix(1);
    if (line.ends_with('|'))
        line.remove_suffix(1);
    std::string row;
    for (bool more = true; more;) {
        const std::size_t bar = line.find('|');
        more = bar != line.npos;
        row += squeezed(line.substr(0, bar));
        row += more ? " | " : "";
        line.remove_prefix(more ? bar + 1 : 0);
    }
    return std::string(trimmed(row));
}

class Splitter {
public:
    std::vector<Block> split(std::string_view text)
    {
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            take(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
        }
        end();
        return std::move(m_blocks);
    }

private:
    void take(std::string_view line)
    {
        const std::string_view text = trimmed(line);
        if (m_fence)
            takeCode(line);
        else if ((m_fence = fenceIn(text)))
            begin({Block::Kind::Code, 1, {}});
        else if (text.empty())
            end();
        else if (!takeUnderline(text) && !takeWholeLine(text))
            takeText(line, text);
    }

    void takeCode(std::string_view line)
    {
        if (closes(*m_fence, trimmed(line))) {
            m_fence.reset();
            end();
        } else {
            m_block.text.append(line).append("\n");
        }
    }

    // "Title" above "=====" or "-----"; the latter alone is a line across the page.
    bool takeUnderline(std::string_view text)
    {
        if (text.size() < 3 || (!consistsOf(text, "=") && !consistsOf(text, "-")))
            return false;
        if (m_block.text.empty() || m_block.kind != Block::Kind::Paragraph)
            return text[0] == '-';
        m_block.kind = Block::Kind::Heading;
        m_block.level = text[0] == '=' ? 1 : 2;
        end();
        return true;
    }

    bool takeWholeLine(std::string_view text)
    {
        if (std::optional<Block> heading = headingIn(text)) {
            begin(*std::move(heading));
            end();
            return true;
        }
        if (!text.starts_with('|'))
            return false;
        begin({Block::Kind::Row, 1, consistsOf(text, "|-: ") ? std::string() : rowOf(text)});
        end();
        return true;
    }

    void takeText(std::string_view line, std::string_view text)
    {
        const int indent = int(std::min(line.find_first_not_of(" \t"), kLargestIndent));
        if (isItem(text)) {
            begin({Block::Kind::Item, m_nesting.levelAt(indent), {}});
        } else if (text.starts_with('>')) {
            if (m_block.kind != Block::Kind::Quote)
                begin({Block::Kind::Quote, 1, {}});
            text = trimmed(text.substr(1));
        } else if (m_block.text.empty()) {
            m_nesting.text(indent);
        }
        add(text, line.ends_with("  ") || line.ends_with('\\'));
    }

    void add(std::string_view text, bool lineIsMeant)
    {
        if (!m_block.text.empty())
            m_block.text += m_lineIsMeant ? '\n' : ' ';
        m_block.text += text;
        m_lineIsMeant = lineIsMeant;
    }

    void begin(Block block)
    {
        end();
        m_block = std::move(block);
    }

    void end()
    {
        if (m_block.kind == Block::Kind::Code)
            m_block.text.erase(m_block.text.find_last_not_of("\n ") + 1);
        else
            m_block.text = trimmed(m_block.text);
        if (!m_block.text.empty())
            m_blocks.push_back(std::move(m_block));
        m_block = {};
        m_lineIsMeant = false;
    }

    static constexpr std::size_t kLargestIndent = 1000;

    std::vector<Block> m_blocks;
    Block m_block;
    std::optional<Fence> m_fence;
    Nesting m_nesting;
    bool m_lineIsMeant = false;
};

} // namespace

std::vector<Block> markdownBlocks(std::string_view text) { return Splitter().split(text); }

} // namespace octavo::parsers
