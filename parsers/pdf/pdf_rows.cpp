// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_rows.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace octavo::parsers {

namespace {

constexpr double kSameHeight = 0.25;         // of their middles, times the lower one's height
constexpr std::size_t kNear = 3;             // lines, in poppler's order, between a line and what lies in its gap
constexpr int kLeaders = 2;                  // lines with leading dots that a page of contents has
constexpr std::size_t kLongestNumber = 7;    // "xxxviii"

bool isOneRow(const PdfLine& a, const PdfLine& b)
{
    const double apart = a.box.y + a.box.height / 2 - b.box.y - b.box.height / 2;
    return !a.rightToLeft && !b.rightToLeft && std::abs(apart) <= kSameHeight * std::min(a.box.height, b.box.height);
}

bool fitsIntoGap(const PdfLine& row, const PdfLine& part)
{
    return part.box.x >= row.gap.left && part.right() <= row.gap.right && isOneRow(row, part);
}

void widen(PdfLine& row, const PdfLine& part)
{
    const double right = std::max(row.right(), part.right()), bottom = std::max(row.bottom(), part.bottom());
    row.box.y = std::min(row.box.y, part.box.y);
    row.box.height = bottom - row.box.y;
    row.box.width = right - row.box.x;
}

// Spaces are put where there are none: poppler writes "I1" where it took out what stands between.
void putIntoGap(PdfLine& row, const PdfLine& part)
{
    const bool spaced = row.text[row.gap.byte] == ' ';
    row.text.insert(row.gap.byte, ' ' + part.text + (spaced ? "" : " "));
    row.gap = {part.right(), row.gap.right, row.gap.byte + 1 + part.text.size()};
    widen(row, part);
}

bool isPageNumber(std::string_view text)
{
    return text.size() <= kLongestNumber
        && (text.find_first_not_of("0123456789") == std::string_view::npos || text.find_first_not_of("ivxlc") == std::string_view::npos);
}

bool isContents(const std::vector<PdfLine>& lines)
{
    return std::count_if(lines.begin(), lines.end(), [](const PdfLine& line) { return line.text.find("\u2026") != std::string::npos; }) >= kLeaders;
}

// The line that a page number ends: of those in its row, the nearest at its left.
std::optional<std::size_t> rowOfNumber(const std::vector<PdfLine>& lines, std::size_t number)
{
    std::optional<std::size_t> nearest;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        const bool isLeft = at != number && lines[at].right() <= lines[number].box.x && isOneRow(lines[at], lines[number]);
        if (isLeft && (!nearest || lines[at].right() > lines[*nearest].right()))
            nearest = at;
    }
    return nearest;
}

void joinPageNumbers(std::vector<PdfLine>& lines)
{
    for (std::size_t at = 0; at < lines.size();) {
        const std::optional<std::size_t> row = isPageNumber(lines[at].text) ? rowOfNumber(lines, at) : std::nullopt;
        if (!row) {
            ++at;
            continue;
        }
        lines[*row].text += ' ' + lines[at].text;
        widen(lines[*row], lines[at]);
        lines.erase(lines.begin() + std::ptrdiff_t(at));
    }
}

} // namespace

void joinRows(std::vector<PdfLine>& lines)
{
    for (std::size_t at = 0; at < lines.size();) {
        const auto first = lines.begin() + std::ptrdiff_t(at > kNear ? at - kNear : 0), last = lines.begin() + std::ptrdiff_t(std::min(lines.size(), at + kNear + 1));
        const auto row = std::find_if(first, last, [&](const PdfLine& line) { return &line != &lines[at] && fitsIntoGap(line, lines[at]); });
        if (row == last) {
            ++at;
            continue;
        }
        putIntoGap(*row, lines[at]);
        lines.erase(lines.begin() + std::ptrdiff_t(at));
    }
    if (isContents(lines))
        joinPageNumbers(lines);
}

} // namespace octavo::parsers
