// SPDX-License-Identifier: Apache-2.0
#include "documents/heading_tree.h"

#include <algorithm>

namespace octavo::app {

namespace {

// Parts from heading `at` on that lie below `level`; `at` ends behind them.
QList<Part> nested(const std::vector<Heading>& headings, size_t& at, unsigned level, PartKind kind, qint64 end)
{
    QList<Part> parts;
    while (at < headings.size() && headings[at].level > level) {
        const Heading& own = headings[at++];
        Part part{own.title, kind, {own.begin, end}, {}};
        part.parts = nested(headings, at, own.level, PartKind::Section, end);
        if (at < headings.size())
            part.bytes.end = headings[at].begin;
        parts.append(part);
    }
    return parts;
}

} // namespace

HeadingTree treeOf(std::vector<Heading> headings, qint64 textBytes)
{
    HeadingTree tree;
    const auto below = [&](const Heading& heading) { return heading.level > headings.front().level; };
    if (!headings.empty() && std::all_of(headings.begin() + 1, headings.end(), below)) {
        tree.title = headings.front().title;
        if (headings.size() > 1) {
            const auto next = std::min_element(headings.begin() + 1, headings.end(), [](const Heading& a, const Heading& b) { return a.level < b.level; });
            headings.front().level = next->level;
        }
    }
    size_t at = 0;
    tree.parts = nested(headings, at, 0, PartKind::Chapter, textBytes);
    return tree;
}

} // namespace octavo::app
