// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

namespace octavo::parsers {

// How deep items are in a list that only their indents tell of.
class Nesting {
public:
    static constexpr int kDeepest = 9;

    // 1 for the outermost; the item is the last one from now on.
    int levelAt(int indent)
    {
        while (!m_indents.empty() && m_indents.back() > indent)
            m_indents.pop_back();
        if (m_indents.empty() || m_indents.back() < indent)
            m_indents.push_back(indent);
        return std::min(int(m_indents.size()), kDeepest);
    }

    // Text that begins left of the list ends it.
    void text(int indent)
    {
        if (!m_indents.empty() && indent < m_indents.front())
            m_indents.clear();
    }

private:
    std::vector<int> m_indents;
};

} // namespace octavo::parsers
