// SPDX-License-Identifier: Apache-2.0
#include "mail/mailbox.h"

#include <algorithm>

#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr std::string_view kEnvelope = "From ";

std::size_t lineEnd(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size() - 1) + 1; }

// Not every writer hides text that looks like an envelope, but it will hardly have a time of the day in it.
bool isEnvelope(std::string_view line)
{
    if (!line.starts_with(kEnvelope))
        return false;
    const auto digit = [&](std::size_t at) { return at < line.size() && line[at] >= '0' && line[at] <= '9'; };
    for (std::size_t colon = line.find(':'); colon != line.npos; colon = line.find(':', colon + 1)) {
        if (digit(colon - 1) && digit(colon + 1))
            return true;
    }
    return false;
}

// The byte behind the message that begins at `at`.
std::size_t messageEnd(std::string_view file, std::size_t at)
{
    bool afterBlank = false;
    while (at < file.size()) {
        const std::size_t end = lineEnd(file, at);
        const std::string_view line = file.substr(at, end - at);
        if (afterBlank && isEnvelope(line))
            return at;
        afterBlank = trimmed(line).empty();
        at = end;
    }
    return file.size();
}

// Writers put a '>' before lines that begin with "From ", some also before those that begin with ">From ".
std::string unhidden(std::string_view message)
{
    std::string result;
    result.reserve(message.size());
    while (!message.empty()) {
        const std::size_t end = lineEnd(message, 0);
        const std::size_t marks = std::min(message.find_first_not_of('>'), message.size());
        const bool hidden = marks > 0 && message.substr(marks).starts_with(kEnvelope);
        result += message.substr(hidden, end - hidden);
        message.remove_prefix(end);
    }
    return result;
}

} // namespace

Mailbox::Mailbox(std::string_view file) : m_file(file)
{
    while (m_at < file.size() && isSpace(file[m_at]))
        ++m_at;
    m_sound = file.substr(m_at).starts_with(kEnvelope);
}

std::optional<std::string> Mailbox::next()
{
    if (m_at == m_file.size())
        return std::nullopt;
    const std::size_t begin = lineEnd(m_file, m_at);
    m_at = messageEnd(m_file, begin);
    return unhidden(m_file.substr(begin, m_at - begin));
}

std::string_view withoutEnvelope(std::string_view message)
{
    const bool envelope = message.starts_with(kEnvelope) || message.starts_with(">From ");
    return envelope ? message.substr(lineEnd(message, 0)) : message;
}

} // namespace octavo::parsers
