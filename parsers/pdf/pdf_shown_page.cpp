// SPDX-License-Identifier: Apache-2.0
#include "pdf/pdf_shown_page.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <glib.h>
#include <cpp/poppler-document.h>   // by its folder: the GLib interface has headers of the same names
#include <cpp/poppler-page.h>

#include "pdf/right_to_left.h"

namespace octavo::parsers {

namespace {

// Of the size of letters. Programs that set every letter by itself (Pango) leave up to 0.07 between those of a word, and Chromium 0.12 where
// letters of Arabic reach below each other; a space is 0.25 and more, 0.18 in a line that was hard to fill. Where a line's gaps are all
// small (XeTeX with Persian, from 0.1 on), they are spaces.
constexpr double kSpace = 0.16;
constexpr double kNoGap = 0.06;
constexpr double kShareOfGap = 0.6;   // a space has at least this of a wide gap of its line
constexpr double kTab = 1.5;
constexpr double kTouching = 0.01;
constexpr double kCopy = 0.25;
constexpr std::size_t kRecentWords = 24;   // among which a copy is looked for
constexpr double kSameWidth = 0.01;   // of a letter's width

// A letter with the vowel marks upon it.
struct Shown {
    std::u32string letters;   // in the order in which they are read
    Box box;
    PdfType type;
    bool spaceAfter = false;  // on its right, as poppler has it
    double right() const { return box.x + box.width; }
};

struct Word {
    std::vector<Shown> letters;
    std::string font;
    Box box;
    int rotation = 0;
};

bool isMark(char32_t letter) { return g_unichar_ismark(letter); }

bool isLam(const Shown& each) { return each.letters[0] == 0x644; }
bool isAlef(const Shown& each) { return std::u32string_view(U"\u0622\u0623\u0625\u0627").find(each.letters[0]) != std::u32string_view::npos; }

// What the letters of a page look like as a whole.
class Habits {
public:
    explicit Habits(const std::vector<Word>& words)
    {
        for (const Word& word : words) {
            for (std::size_t at = 0; at < word.letters.size(); ++at) {
                const Shown& each = word.letters[at];
                const Shown* next = at + 1 < word.letters.size() ? &word.letters[at + 1] : nullptr;
                m_marksStandAlone |= isMark(each.letters[0]) && std::abs(each.box.width) < 0.001 * each.type.size;
                if (isLam(each) && !(next && isAlef(*next)))
                    m_lams[word.font].push_back(each.box.width / each.type.size);
                m_pairs[word.font] |= isAlef(each) && next && isLam(*next);
            }
        }
    }

    // Poppler puts vowel marks behind their letter, and shares its width among them, where it sees that they belong together. Where it does
    // not, marks have no width and stand at the left edge of their letter.
    bool marksStandAlone() const { return m_marksStandAlone; }

    // Lam and alef that are one glyph, whose width poppler gives half to each: then they are in the order of reading already. They are
    // two where the font has two for them elsewhere, or has a lam of this width.
    bool isOneGlyph(const Shown& lam, const Shown& alef) const
    {
        if (!isLam(lam) || !isAlef(alef) || lam.type.font != alef.type.font || std::abs(lam.box.width - alef.box.width) > 2 * kSameWidth * lam.box.width)
            return false;
        const std::string font(lam.type.font);
        const auto pairs = m_pairs.find(font);
        const auto lams = m_lams.find(font);
        const double width = lam.box.width / lam.type.size;
        return (pairs == m_pairs.end() || !pairs->second)
            && (lams == m_lams.end() || std::none_of(lams->second.begin(), lams->second.end(), [&](double other) { return std::abs(other - width) < kSameWidth * width; }));
    }

private:
    bool m_marksStandAlone = false;
    std::map<std::string, std::vector<double>> m_lams;   // widths of single ones, by font, of the size of letters
    std::map<std::string, bool> m_pairs;                 // by font: a lam that is joined to an alef is a glyph of its own
};

std::vector<Shown> withMarksJoined(const std::vector<Shown>& letters, bool marksStandAlone)
{
    std::vector<Shown> joined;
    std::u32string waiting;   // for their letter
    for (std::size_t at = 0; at < letters.size(); ++at) {
        const Shown& letter = letters[at];
        if (!isMark(letter.letters[0])) {
            joined.push_back(letter);
            joined.back().letters += waiting;
            waiting.clear();
            continue;
        }
        const auto next = std::find_if(letters.begin() + std::ptrdiff_t(at), letters.end(), [](const Shown& each) { return !isMark(each.letters[0]); });
        const auto distance = [&](const Shown& other) { return std::abs(other.box.x - letter.box.x); };
        if (joined.empty() || (marksStandAlone && next != letters.end() && distance(*next) < distance(joined.back()))) {
            waiting += letter.letters;
        } else {
            joined.back().letters += letter.letters;
            joined.back().spaceAfter = letter.spaceAfter;
        }
        if (!joined.empty() && letter.box.x - joined.back().right() < kTouching * letter.type.size)   // poppler ends a letter where a mark begins
            joined.back().box.width = std::max(joined.back().box.width, letter.box.x + letter.box.width - joined.back().box.x);
    }
    return joined;
}

// The least gap that is a space in this line, of the size of letters: by the gap that three of four are not wider than.
double leastSpace(const std::vector<Shown>& letters)
{
    std::vector<double> gaps;
    for (std::size_t at = 1; at < letters.size(); ++at) {
        const double gap = (letters[at].box.x - letters[at - 1].right()) / letters[at].type.size;
        if (gap > kNoGap && gap < kTab)
            gaps.push_back(gap);
    }
    if (gaps.empty())
        return kSpace;
    const auto wide = gaps.begin() + std::ptrdiff_t(3 * gaps.size() / 4);
    std::nth_element(gaps.begin(), wide, gaps.end());
    return std::clamp(kShareOfGap * *wide, kNoGap, kSpace);
}

// The letters of a line from left to right, with spaces.
std::vector<Shown> lineOf(std::vector<Shown> letters, const Habits& habits)
{
    std::stable_sort(letters.begin(), letters.end(), [](const Shown& a, const Shown& b) { return a.box.x < b.box.x; });
    letters = withMarksJoined(letters, habits.marksStandAlone());
    const double space = leastSpace(letters);
    std::vector<Shown> line;
    bool swapped = false;
    for (const Shown& letter : letters) {
        if (!line.empty()) {
            const Shown last = line.back();
            const double gap = letter.box.x - last.right();
            const bool turned = isRightToLeft(last.letters[0]) || isRightToLeft(letter.letters[0]);
            if (gap > space * letter.type.size || (last.spaceAfter && !turned))
                line.push_back({gap > kTab * letter.type.size ? U"\t" : U" ", {last.right(), letter.box.y, gap, letter.box.height}, letter.type});
        }
        line.push_back(letter);
        swapped = !swapped && line.size() > 1 && habits.isOneGlyph(line[line.size() - 2], line.back());
        if (swapped)
            std::swap(line[line.size() - 2].letters, line.back().letters);
    }
    return line;
}

std::u32string firstLetters(const std::vector<Shown>& line)
{
    std::u32string letters;
    for (const Shown& each : line)
        letters += each.letters[0];
    return letters;
}

bool isSameLine(const Word& a, const Word& b)
{
    if (a.rotation != b.rotation || a.rotation % 2 == 1)
        return a.rotation == b.rotation && std::abs(a.box.x - b.box.x) < 1;
    const double common = std::min(a.box.y + a.box.height, b.box.y + b.box.height) - std::max(a.box.y, b.box.y);
    return common > 0.5 * std::min(a.box.height, b.box.height);
}

// A shadow, or bold letters made by printing twice.
bool isCopy(const Word& a, const Word& b)
{
    const auto sameLetter = [](const Shown& x, const Shown& y) { return x.letters == y.letters; };
    return std::abs(a.box.x - b.box.x) + std::abs(a.box.y - b.box.y) < kCopy * a.letters[0].type.size
        && std::equal(a.letters.begin(), a.letters.end(), b.letters.begin(), b.letters.end(), sameLetter);
}

std::vector<Word> wordsOf(const poppler::page& page)
{
    std::vector<Word> words;
    for (const poppler::text_box& box : page.text_list(poppler::page::text_list_include_font)) {
        const poppler::rectf around = box.bbox();
        Word word{{}, box.get_font_name(0), {around.x(), around.y(), around.width(), around.height()}, box.rotation()};
        if (const std::size_t subset = word.font.find('+'); subset != std::string::npos)
            word.font.erase(0, subset + 1);
        const poppler::ustring text = box.text();
        for (std::size_t at = 0; at < text.size(); ++at) {
            char32_t letter = text[at];
            if (letter >= 0xD800 && letter < 0xDC00 && at + 1 < text.size())
                letter = 0x10000 + ((letter - 0xD800) << 10) + (char32_t(text[at + 1]) - 0xDC00);
            const poppler::rectf place = box.char_bbox(word.letters.size());
            const double width = letter == 0x200E || letter == 0x200F ? 0 : place.width();   // poppler gives them that of the space beside them
            word.letters.push_back({std::u32string(1, letter), {place.x(), place.y(), width, place.height()}, {box.get_font_size(), {}}});
            at += letter > 0xFFFF;
        }
        if (word.letters.empty())
            continue;
        word.letters.back().spaceAfter = box.has_space_after();
        const auto recent = words.end() - std::ptrdiff_t(std::min(words.size(), kRecentWords));
        if (std::none_of(recent, words.end(), [&](const Word& other) { return isCopy(other, word); }))
            words.push_back(std::move(word));
    }
    for (Word& word : words) {
        for (Shown& letter : word.letters)
            letter.type.font = word.font;
    }
    return words;
}

} // namespace

struct PdfShownPages::Handle {
    std::unique_ptr<poppler::document> document;
};

PdfShownPages::PdfShownPages(std::string_view file, const std::string& password) : m_handle(std::make_unique<Handle>())
{
    m_handle->document.reset(poppler::document::load_from_raw_data(file.data(), int(file.size()), password, password));
}
PdfShownPages::PdfShownPages(PdfShownPages&&) noexcept = default;
PdfShownPages::~PdfShownPages() = default;

std::vector<PdfLine> PdfShownPages::lines(int page) const
{
    const std::unique_ptr<poppler::page> handle(m_handle->document ? m_handle->document->create_page(page - 1) : nullptr);
    if (!handle)
        return {};
    const std::vector<Word> words = wordsOf(*handle);
    std::vector<std::vector<Shown>> lines;
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (at == 0 || !isSameLine(words[at - 1], words[at]))
            lines.emplace_back();
        lines.back().insert(lines.back().end(), words[at].letters.begin(), words[at].letters.end());
    }
    const Habits habits(words);
    int balance = 0;
    for (std::vector<Shown>& line : lines) {
        line = lineOf(std::move(line), habits);
        for (const Shown& each : line)
            balance += isRightToLeft(each.letters[0]) ? 1 : g_unichar_isalpha(each.letters[0]) ? -1 : 0;
    }
    std::vector<ReadingOrder> orders;
    std::vector<bool> rightToLeft;
    std::u32string brackets;
    for (const std::vector<Shown>& line : lines) {
        const std::u32string letters = firstLetters(line);
        rightToLeft.push_back(runsRightToLeft(letters, balance > 0));
        orders.push_back(readingOrder(letters, rightToLeft.back()));
        for (const std::size_t place : orders.back().places) {
            if (orders.back().turned[place])
                brackets += letters[place];
        }
    }
    const bool mirror = areMirrored(brackets);
    PdfLineMaker maker(page);
    for (std::size_t at = 0; at < lines.size(); ++at) {
        for (const std::size_t place : orders[at].places) {
            const Shown& shown = lines[at][place];
            for (const char32_t letter : shown.letters)
                maker.write(mirror && orders[at].turned[place] ? mirrored(letter) : letter);
            if (shown.letters != U" " && shown.letters != U"\t")
                maker.meet(shown.box, &shown.type);
        }
        maker.end(rightToLeft[at]);
    }
    return std::move(maker).lines();
}

} // namespace octavo::parsers
