// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_columns.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

namespace octavo::parsers {

namespace {

constexpr int kLines = 6;            // that a column has, or it is none
constexpr double kWidth = 10;        // of it, times the size of letters
constexpr double kFilled = 0.7;      // of it, by the line in the middle of all when they are sorted by their width
constexpr double kGutter = 0.7;      // between two of them, times the size of letters
constexpr double kSameEdge = 2;      // points

enum class Side { Left, Right, Both };

Side sideOf(const PdfLine& line, double edge)
{
    if (line.box.x >= edge - kSameEdge)
        return Side::Right;
    return line.right() <= edge - kGutter * line.size ? Side::Left : Side::Both;
}

bool isColumn(std::vector<PdfLine> lines)
{
    if (lines.size() < kLines)
        return false;
    const auto byWidth = [](const PdfLine& a, const PdfLine& b) { return a.box.width < b.box.width; };
    std::sort(lines.begin(), lines.end(), byWidth);
    double left = 1e9, right = -1e9;
    for (const PdfLine& line : lines) {
        left = std::min(left, line.box.x);
        right = std::max(right, line.right());
    }
    const PdfLine& middle = lines[lines.size() / 2];
    return right - left >= kWidth * middle.size && middle.box.width >= kFilled * (right - left);
}

std::vector<PdfLine> of(const std::vector<PdfLine>& lines, Side side, double edge)
{
    std::vector<PdfLine> found;
    std::copy_if(lines.begin(), lines.end(), std::back_inserter(found), [&](const PdfLine& line) { return sideOf(line, edge) == side; });
    return found;
}

// Where the right one of two columns begins: at the most frequent beginning of lines that leaves columns on both sides.
std::optional<double> edgeOf(const std::vector<PdfLine>& lines)
{
    std::map<long, int> beginnings;
    for (const PdfLine& line : lines)
        ++beginnings[std::lround(line.box.x)];
    std::vector<std::pair<int, long>> sorted;
    for (const auto& [edge, count] : beginnings)
        sorted.push_back({-count, edge});
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [count, edge] : sorted) {
        if (-count >= kLines && isColumn(of(lines, Side::Left, double(edge))) && isColumn(of(lines, Side::Right, double(edge))))
            return double(edge);
    }
    return std::nullopt;
}

} // namespace

void orderColumns(std::vector<PdfLine>& lines)
{
    const std::optional<double> edge = edgeOf(lines);
    if (!edge)
        return;
    const auto turned = std::count_if(lines.begin(), lines.end(), [](const PdfLine& line) { return line.rightToLeft; });
    const Side first = 2 * std::size_t(turned) > lines.size() ? Side::Right : Side::Left;
    std::vector<double> whole;   // heights of lines across both columns, which part what is above them from what is below
    for (const PdfLine& line : lines) {
        if (sideOf(line, *edge) == Side::Both)
            whole.push_back(line.box.y);
    }
    std::sort(whole.begin(), whole.end());
    const auto placeOf = [&](const PdfLine& line) {
        const Side side = sideOf(line, *edge);
        return std::pair(std::lower_bound(whole.begin(), whole.end(), line.box.y) - whole.begin(), side == first ? 0 : side == Side::Both ? 2 : 1);
    };
    const auto before = [&](const PdfLine& a, const PdfLine& b) { return placeOf(a) < placeOf(b); };
    std::stable_sort(lines.begin(), lines.end(), before);
}

} // namespace octavo::parsers
