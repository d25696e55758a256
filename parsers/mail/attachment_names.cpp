// SPDX-License-Identifier: Apache-2.0
#include "mail/attachment_names.h"

#include <algorithm>

#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr std::size_t kLongestStem = 120;
constexpr std::size_t kLongestExtension = 20;

std::string_view cut(std::string_view text, std::size_t size)
{
    if (text.size() <= size)
        return text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
        --size;
    return text.substr(0, size);
}

std::string harmless(std::string_view name)
{
    std::string result = validUtf8(name);
    result.erase(0, result.find_last_of("/\\") + 1);
    std::erase_if(result, [](char c) { return (c >= 0 && c < ' ') || c == '\x7F' || c == ':'; });
    result.erase(0, std::min(result.find_first_not_of(". "), result.size()));   // neither ".." nor hidden
    return result.empty() ? "attachment" : result;
}

} // namespace

std::string AttachmentNames::pathFor(std::string_view name)
{
    const std::string whole = harmless(name);
    const std::size_t dot = whole.rfind('.');
    const bool hasExtension = dot != whole.npos && whole.size() - dot <= kLongestExtension;
    const std::string extension = hasExtension ? whole.substr(dot) : std::string();
    const std::string stem(cut(std::string_view(whole).substr(0, whole.size() - extension.size()), kLongestStem));
    int& uses = m_uses[lowerAscii(stem + extension)];
    if (uses++ == 0)
        return "attachments/" + stem + extension;
    for (;; ++uses) {
        std::string unique = stem;
        unique.append(" (").append(std::to_string(uses)).append(")").append(extension);
        if (m_uses.try_emplace(lowerAscii(unique), 1).second)
            return "attachments/" + unique;
    }
}

} // namespace octavo::parsers
