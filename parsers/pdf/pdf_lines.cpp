// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_lines.h"

#include <algorithm>
#include <array>

#include <glib.h>

#include "pdf/right_to_left.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

bool isTypewriter(std::string_view font)
{
    static constexpr std::array<std::string_view, 9> kNames{"mono", "courier", "typewriter", "consol", "menlo", "cmtt", "sftt", "fixed", "code"};
    return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) { return font.find(name) != std::string_view::npos; });
}

bool isBold(std::string_view font)
{
    return font.find("bold") != std::string_view::npos || font.find("black") != std::string_view::npos || font.find("heavy") != std::string_view::npos;
}

void append(std::string& text, char32_t letter)
{
    char bytes[6];
    text.append(bytes, std::size_t(g_unichar_to_utf8(letter, bytes)));
}

// ". . . . . . 12" and "......12" in tables of contents.
std::string withoutLeaders(const std::string& text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        int dots = 0;
        while (end < text.size() && (text[end] == '.' || (text[end] == ' ' && dots > 0)))
            dots += text[end++] == '.';
        if (dots > 4) {
            result += result.empty() || result.ends_with(' ') ? "\u2026 " : " \u2026 ";
            at = end;
        } else {
            result += text[at++];
        }
    }
    return std::string(trimmed(result));
}

} // namespace

// Letters that only look together, marks that only tell a renderer the direction, and characters that are no text.
void PdfLineMaker::write(char32_t letter)
{
    static constexpr std::array<const char*, 7> kLigatures{"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    m_letter = m_text.size();
    const bool direction = (letter >= 0x202A && letter <= 0x202E) || (letter >= 0x2066 && letter <= 0x2069) || letter == 0x200E || letter == 0x200F;
    if (letter >= 0xFB00 && letter <= 0xFB06) {
        m_text += kLigatures[letter - 0xFB00];
    } else if (isPresentationForm(letter)) {
        std::array<gunichar, 18> letters{};   // as many as any decomposes to
        const gsize count = g_unichar_fully_decompose(letter, TRUE, letters.data(), letters.size());
        for (gsize at = 0; at < count; ++at)
            append(m_text, letters[at]);
    } else if (letter == '\t') {
        m_text += ' ';
    } else if (!direction && letter >= 0x20 && letter != 0x7F && !(letter >= 0x80 && letter < 0xA0) && letter <= 0x10FFFF) {
        append(m_text, letter);
    }
}

void PdfLineMaker::meet(const Box& box, const PdfType* type)
{
    if (PdfLine::Gap& gap = m_letters.gap; m_letters.count > 0 && box.x - m_letters.edge > gap.right - gap.left)
        gap = {m_letters.edge, box.x, m_letter};
    m_letters.edge = box.x + box.width;
    m_letters.left = std::min(m_letters.left, box.x);
    m_letters.right = std::max(m_letters.right, box.x + box.width);
    m_letters.top = std::min(m_letters.top, box.y);
    m_letters.bottom = std::max(m_letters.bottom, box.y + box.height);
    ++m_letters.count;
    if (!type)
        return;
    ++m_letters.sizes[type->size];
    const std::string font = lowerAscii(type->font);
    m_letters.typewriter += isTypewriter(font);
    m_letters.bold += isBold(font);
}

void PdfLineMaker::end(bool rightToLeft)
{
    PdfLine line;
    line.text = withoutLeaders(squeezed(m_text));
    if (!line.text.empty() && m_letters.count > 0) {
        line.box = {m_letters.left, m_letters.top, m_letters.right - m_letters.left, m_letters.bottom - m_letters.top};
        const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
        const auto most = std::max_element(m_letters.sizes.begin(), m_letters.sizes.end(), fewer);
        line.size = most == m_letters.sizes.end() ? line.box.height : most->first;
        line.bold = 2 * m_letters.bold > m_letters.count;
        line.typewriter = m_letters.typewriter == m_letters.count;
        line.rightToLeft = rightToLeft;
        line.page = m_page;
        keepGap(line);
        m_lines.push_back(std::move(line));
    }
    m_text.clear();
    m_letters = {};
}

// Where the text of a line was tidied across its gap, nothing can be put into it.
void PdfLineMaker::keepGap(PdfLine& line) const
{
    const std::string before = withoutLeaders(squeezed(m_text.substr(0, m_letters.gap.byte)));
    if (line.rightToLeft || before.empty() || !line.text.starts_with(before))
        return;
    line.gap = m_letters.gap;
    line.gap.byte = before.size();
}

} // namespace octavo::parsers
