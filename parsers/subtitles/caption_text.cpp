// SPDX-License-Identifier: Apache-2.0
#include "subtitles/caption_text.h"

#include <algorithm>
#include <array>
#include <optional>

#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr std::size_t kLongestEntity = 10;
constexpr std::size_t kLongestTag = 500;   // what is longer is no tag; also keeps the search for tags' ends from taking forever

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

// From `text`'s first byte to `close`; none if there is no such markup.
std::optional<std::string_view> markup(std::string_view text, char close)
{
    const std::size_t end = text.substr(0, kLongestTag).find(close);
    return end == text.npos ? std::nullopt : std::optional(text.substr(0, end + 1));
}

std::optional<std::string_view> timeTag(std::string_view text)
{
    const std::optional<std::string_view> tag = markup(text, '>');
    return tag && tag->find_first_not_of("0123456789:.<>") == tag->npos ? tag : std::nullopt;
}

std::optional<std::string_view> tagAt(std::string_view text)
{
    if (text.starts_with('<') && text.size() > 1 && isDigit(text[1]))
        return timeTag(text);   // not "<3 you>"
    const bool tag = text.size() > 1 && text[0] == '<' && (isLetter(text[1]) || text[1] == '/');
    const bool override = text.size() > 1 && text[0] == '{' && text[1] == '\\';
    if (tag)
        return markup(text, '>');
    return override ? markup(text, '}') : std::nullopt;
}

struct Entity {
    std::string_view name;
    std::string_view text;
};

constexpr std::array kEntities{
    Entity{"amp", "&"}, Entity{"lt", "<"}, Entity{"gt", ">"}, Entity{"quot", "\""}, Entity{"apos", "'"},
    Entity{"nbsp", " "}, Entity{"lrm", ""}, Entity{"rlm", ""}, Entity{"hellip", "…"}, Entity{"ndash", "–"}, Entity{"mdash", "—"},
};

std::optional<char32_t> numbered(std::string_view entity)
{
    const bool hexadecimal = entity.starts_with("#x") || entity.starts_with("#X");
    if (!entity.starts_with('#') || entity.size() <= (hexadecimal ? 2U : 1U))
        return std::nullopt;
    char32_t value = 0;
    for (const char c : entity.substr(hexadecimal ? 2 : 1)) {
        const bool letter = hexadecimal && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
        if (!isDigit(c) && !letter)
            return std::nullopt;
        value = value * (hexadecimal ? 16 : 10) + char32_t(letter ? (c | 0x20) - 'a' + 10 : c - '0');
    }
    return value < 0x20 ? std::nullopt : std::optional(value);
}

// Appends what the entity at the head of `text` stands for; how many bytes it takes there, 0 if it is none.
std::size_t appendEntity(std::string& result, std::string_view text)
{
    const std::size_t end = text.substr(0, kLongestEntity).find(';');
    if (end == text.npos)
        return 0;
    const std::string_view name = text.substr(1, end - 1);
    const auto known = std::find_if(kEntities.begin(), kEntities.end(), [&](const Entity& entity) { return entity.name == name; });
    if (known != kEntities.end())
        result += known->text;
    else if (const std::optional<char32_t> character = numbered(name))
        appendUtf8(result, *character);
    else
        return 0;
    return end + 1;
}

// <v Mary>, <v.loud Mary>
std::optional<std::string_view> speakerIn(std::string_view tag)
{
    if (!tag.starts_with("<v ") && !tag.starts_with("<v."))
        return std::nullopt;
    const std::size_t space = tag.find(' ');
    return space == tag.npos ? std::string_view() : trimmed(tag.substr(space, tag.size() - 1 - space));
}

class Plain {
public:
    std::vector<CaptionLine> linesOf(std::string_view cue)
    {
        while (!cue.empty())
            cue.remove_prefix(step(cue));
        endLine();
        return std::move(m_lines);
    }

private:
    std::size_t step(std::string_view rest)
    {
        if (const std::optional<std::string_view> tag = tagAt(rest)) {
            takeTag(*tag);
            return tag->size();
        }
        if (rest.front() == '&') {
            if (const std::size_t taken = appendEntity(m_line.text, rest))
                return taken;
        }
        if (rest.front() == '\n')
            endLine();
        else
            m_line.text += rest.front();
        return 1;
    }

    void takeTag(std::string_view tag)
    {
        const std::optional<std::string_view> speaker = speakerIn(tag);
        if (!speaker)
            return;
        if (!trimmed(m_line.text).empty())
            endLine();
        m_speaker = squeezed(*speaker);
    }

    void endLine()
    {
        std::string text = squeezed(m_line.text);
        m_line = {};
        if (!text.empty())
            m_lines.push_back({std::move(text), m_speaker});
    }

    CaptionLine m_line;
    std::string m_speaker;
    std::vector<CaptionLine> m_lines;
};

} // namespace

std::vector<CaptionLine> captionLines(std::string_view cue) { return Plain().linesOf(cue); }

bool hasInnerTimings(std::string_view file)
{
    const auto begins = [](char a, char b) { return a == '<' && isDigit(b); };
    return std::adjacent_find(file.begin(), file.end(), begins) != file.end();
}

} // namespace octavo::parsers
