// SPDX-License-Identifier: Apache-2.0
#include "documents/heading_tree.h"

#include <algorithm>

namespace octavo::app {

namespace {

// Deeper headings count as this deep: some languages have any number of levels, and an outline has an end (kDeepestPart).
constexpr unsigned kDeepestHeading = 12;

// Parts from heading `at` on that lie below `level`; `at` ends behind them.
QList<Part> nested(const std::vector<Heading>& headings, size_t& at, unsigned level, qint64 end)
{
    QList<Part> parts;
    while (at < headings.size() && headings[at].level > level) {
        const Heading& own = headings[at++];
        const bool outermost = level == 0 && own.kind == PartKind::Section;
        Part part{own.title.simplified(), outermost ? PartKind::Chapter : own.kind, {own.begin, end}, {}};
        part.parts = nested(headings, at, own.level, end);
        if (at < headings.size())
            part.bytes.end = headings[at].begin;
        parts.append(part);
    }
    return parts;
}

} // namespace

TextOutline headingTree(std::vector<Heading> headings, qint64 end)
{
    for (Heading& heading : headings)
        heading.level = std::min(heading.level, kDeepestHeading);
    TextOutline outline;
    const auto below = [&](const Heading& heading) { return heading.level > headings.front().level; };
    if (!headings.empty() && std::all_of(headings.begin() + 1, headings.end(), below)) {
        outline.title = headings.front().title.simplified();
        if (headings.size() > 1) {   // its own words become the first chapter, beside those below it
            const auto next = std::min_element(headings.begin() + 1, headings.end(),
                                               [](const Heading& a, const Heading& b) { return a.level < b.level; });
            headings.front().level = next->level;
        }
    }
    size_t at = 0;
    outline.parts = nested(headings, at, 0, end);
    return outline;
}

} // namespace octavo::app
