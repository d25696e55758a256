// SPDX-License-Identifier: Apache-2.0
#include "text/special_spellings.h"

#include <algorithm>

namespace octavo {

SpecialSpellings::SpecialSpellings(const Vocabulary& vocabulary)
{
    for (std::size_t id = 0; id < vocabulary.spellings.size(); ++id) {
        const std::string& spelling = vocabulary.spellings[id];
        if (!vocabulary.special[id] || spelling.empty())
            continue;
        m_spellings.push_back({ spelling, static_cast<TokenId>(id) });
        if (m_firstBytes.find(spelling.front()) == std::string::npos)
            m_firstBytes.push_back(spelling.front());
    }
    std::ranges::stable_sort(m_spellings, std::greater {}, [](const Spelling& spelling) { return spelling.text.size(); });
}

std::optional<SpecialSpellings::Found> SpecialSpellings::find(std::string_view text, std::size_t from) const
{
    for (std::size_t at = text.find_first_of(m_firstBytes, from); at != text.npos; at = text.find_first_of(m_firstBytes, at + 1)) {
        const auto spelled = std::ranges::find_if(
            m_spellings, [rest = text.substr(at)](const Spelling& spelling) { return rest.starts_with(spelling.text); });
        if (spelled != m_spellings.end())
            return Found { at, spelled->text.size(), spelled->id };
    }
    return {};
}

} // namespace octavo
