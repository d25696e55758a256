// SPDX-License-Identifier: Apache-2.0
#include "mail/plain_text.h"

#include <algorithm>
#include <string>
#include <utility>

#include "text/words.h"

namespace octavo::parsers {

namespace {

// Mailers wrap lines at 66 to 80 characters. A line to which the next word could have been added was ended on purpose.
constexpr std::ptrdiff_t kNarrowestWrap = 65;
constexpr std::ptrdiff_t kWidestWrap = 100;   // longer lines were not wrapped, so each is meant

std::ptrdiff_t characters(std::string_view text)
{
    return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::string_view withoutSpacesBehind(std::string_view text)
{
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

bool beginsItem(std::string_view line)
{
    const std::size_t number = std::min(line.find_first_not_of("0123456789"), line.size());
    const bool numbered = number > 0 && number < line.size() && (line[number] == '.' || line[number] == ')');
    return numbered || line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ") || line.starts_with("• ");
}

bool isSignatureMark(std::string_view line) { return line == "-- " || line == "--"; }

struct Line {
    int depth = 0;   // of quoting
    std::string_view text;
};

Line unquoted(std::string_view line, bool flowed)
{
    Line result;
    std::size_t text = 0;
    for (std::size_t at = 0; at < line.size() && (line[at] == '>' || line[at] == ' '); ++at) {
        if (line[at] == ' ' && (at == 0 || line[at - 1] == ' '))
            break;   // only single spaces, between the marks
        if (line[at] == '>') {
            ++result.depth;
            text = at + 1;
        }
    }
    result.text = line.substr(text);
    if ((result.depth > 0 || flowed) && result.text.starts_with(' '))
        result.text.remove_prefix(1);
    return result;
}

class Splitter {
public:
    explicit Splitter(const Wrapping& wrapping) : m_wrapping(wrapping) {}

    std::vector<Block> split(std::string_view text)
    {
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            take(unquoted(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line, m_wrapping.flowed));
        }
        end();
        return std::move(m_blocks);
    }

private:
    void take(const Line& line)
    {
        if (trimmed(line.text).empty() || line.depth != m_depth || isSignatureMark(line.text))
            end();
        m_depth = line.depth;
        if (trimmed(line.text).empty())
            return;
        if (m_wrapping.flowed)
            addFlowed(line.text);
        else
            addFixed(withoutSpacesBehind(line.text));
    }

    void addFlowed(std::string_view line)
    {
        const bool goesOn = line.ends_with(' ') && !isSignatureMark(line);
        m_text += std::exchange(m_goesOn, goesOn) || m_text.empty() ? "" : "\n";
        m_text += goesOn && !m_wrapping.dropSpace ? line : withoutSpacesBehind(line);
    }

    void addFixed(std::string_view line)
    {
        const std::ptrdiff_t nextWord = characters(line.substr(0, line.find(' ')));
        const bool full = m_lastLine <= kWidestWrap && m_lastLine + 1 + nextWord > kNarrowestWrap;
        const bool wrapped = full && !beginsItem(line) && !isSpace(line.front());
        if (!m_text.empty())
            m_text += wrapped ? ' ' : '\n';
        m_text += line;
        m_lastLine = characters(line);
    }

    void end()
    {
        const std::string_view text = trimmed(m_text);
        if (!text.empty())
            m_blocks.push_back({m_depth > 0 ? Block::Kind::Quote : Block::Kind::Paragraph, 1, std::string(text)});
        m_text.clear();
        m_lastLine = 0;
        m_goesOn = false;
    }

    Wrapping m_wrapping;
    std::vector<Block> m_blocks;
    std::string m_text;
    int m_depth = 0;
    std::ptrdiff_t m_lastLine = 0;   // its characters
    bool m_goesOn = false;
};

} // namespace

std::vector<Block> plainTextBlocks(std::string_view text, const Wrapping& wrapping) { return Splitter(wrapping).split(text); }

} // namespace octavo::parsers
