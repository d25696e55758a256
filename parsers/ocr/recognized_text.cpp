// SPDX-License-Identifier: Apache-2.0
#include "ocr/recognized_text.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ocr/turned_box.h"
#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr int kDoubtful = 67;               // of 100
constexpr double kSameSize = 0.3;           // a line's box is as high as its letters happen to be: "once" or "(Ág)"
constexpr double kLettersOfSize = 0.92;     // from the top of an h to the foot of a g, as a share of the letters' size
constexpr int kPageRow = 1, kLineRow = 4, kWordRow = 5;   // levels of Tesseract's rows
constexpr std::size_t kColumns = 12;        // level, page, block, paragraph, line, word, left, top, width, height, confidence, text
constexpr int kMostPages = 100'000;

std::vector<std::string_view> columnsOf(std::string_view row)
{
    std::vector<std::string_view> columns;
    while (columns.size() + 1 < kColumns) {
        const std::size_t end = row.find('\t');
        columns.push_back(row.substr(0, end));
        if (end == std::string_view::npos)
            return columns;
        row.remove_prefix(end + 1);
    }
    columns.push_back(row);
    return columns;
}

class TsvReader {
    struct Way {
        double x = 0;
        double y = 0;
    };

public:
    explicit TsvReader(double dpi) : m_points(72 / dpi) {}

    void read(std::string_view row)
    {
        const std::vector<std::string_view> columns = columnsOf(row);
        if (columns[0] == "program" && columns.size() == 2) {
            m_text.program = validUtf8(columns[1]);
        } else if (columns[0] == "page" && columns.size() == 2) {
            m_first = numberOf(columns[1], 0);
            begin(m_first);
        } else if (columns[0] == "failed" && columns.size() == 3) {
            begin(numberOf(columns[1], 0));
            if (m_page)
                m_page->failure = validUtf8(columns[2]);
            m_page = nullptr;
        } else if (columns.size() == kColumns && m_first > 0) {
            addRow(columns);
        }
    }

    RecognizedText text() &&
    {
        for (auto& [number, page] : m_text.pages) {
            std::erase_if(page.lines, [](const PdfLine& line) { return line.text.empty(); });
            putUpright(page, m_ways[number]);
            evenSizes(page);
        }
        return std::move(m_text);
    }

private:
    void begin(int number)
    {
        m_number = number;
        m_page = number > 0 && number <= kMostPages ? &m_text.pages[number] : nullptr;
    }

    void addRow(const std::vector<std::string_view>& columns)
    {
        const int level = numberOf(columns[0], 0);
        const Box box{m_points * numberOf(columns[6], 0), m_points * numberOf(columns[7], 0), m_points * numberOf(columns[8], 0), m_points * numberOf(columns[9], 0)};
        if (level == kPageRow) {
            begin(m_first + std::max(1, numberOf(columns[1], 1)) - 1);
            if (m_page) {
                m_page->width = box.width;
                m_page->height = box.height;
            }
        } else if (level == kLineRow && m_page) {
            m_page->lines.push_back({});
            m_page->lines.back().box = box;
            m_page->lines.back().begins = numberOf(columns[4], 0) == 1;
            m_word.reset();
        } else if (level == kWordRow && m_page && !m_page->lines.empty()) {
            addWord(columns[11], numberOf(columns[10], 0));
            follow(box);
        }
    }

    // Words of little confidence too: what is doubtful is still more than nothing.
    void addWord(std::string_view word, int confidence)
    {
        word = trimmed(word);
        if (word.empty() || !isUtf8(word))
            return;
        std::string& text = m_page->lines.back().text;
        text.append(text.empty() ? "" : " ").append(word);
        ++m_page->words;
        m_page->doubtful += confidence < kDoubtful;
        m_page->confidence += std::clamp(confidence, 0, 100);
    }

    // Which way words follow each other, all lines of the page together.
    void follow(const Box& word)
    {
        const Way at{word.x + word.width / 2, word.y + word.height / 2};
        if (m_word) {
            m_ways[m_number].x += at.x - m_word->x;
            m_ways[m_number].y += at.y - m_word->y;
        }
        m_word = at;
    }

    // A page that was fed in with another edge first: Tesseract reads it, and tells boxes as they stand on the picture.
    static void putUpright(RecognizedPage& page, const Way& way)
    {
        const bool isLying = std::abs(way.y) > std::abs(way.x);
        page.turned = isLying ? (way.y < 0 ? 1 : 3) : (way.x < 0 ? 2 : 0);
        for (PdfLine& line : page.lines)
            line.box = turnedBox(line.box, page.width, page.height, page.turned);
        if (isLying)
            std::swap(page.width, page.height);
    }

    // Most lines of a page are set in letters of one size, which is the box's height only on the whole. Headings differ by more.
    static void evenSizes(RecognizedPage& page)
    {
        std::vector<double> heights;
        for (const PdfLine& line : page.lines)
            heights.push_back(line.box.height);
        if (heights.empty())
            return;
        const auto middle = heights.begin() + std::ptrdiff_t(heights.size() / 2);
        std::nth_element(heights.begin(), middle, heights.end());
        for (PdfLine& line : page.lines) {
            const bool isUsual = std::abs(line.box.height - *middle) < kSameSize * *middle;
            line.size = std::max(1.0, std::round((isUsual ? *middle : line.box.height) / kLettersOfSize));
        }
    }

    double m_points;                  // that a pixel is wide
    RecognizedText m_text;
    int m_first = 0;                  // page of the picture at hand
    int m_number = 0;                 // of the page at hand
    RecognizedPage* m_page = nullptr;
    std::optional<Way> m_word;        // centre of the last word of the line at hand
    std::map<int, Way> m_ways;        // by page
};

} // namespace

void RecognizedPage::putInto(PdfPage& page, int number) &&
{
    const double pictureWidth = turned % 2 == 0 ? width : height;
    const double scale = page.width > 0 && pictureWidth > 0 ? page.width / pictureWidth : 1;
    page.width = width * scale;
    page.height = height * scale;
    page.turned = turned;
    for (PdfLine& line : lines) {
        line.page = number;
        line.size = std::max(1.0, std::round(line.size * scale));
        line.box = {line.box.x * scale, line.box.y * scale, line.box.width * scale, line.box.height * scale};
    }
    page.lines = std::move(lines);
    page.recognized = true;
}

void RecognizedText::tell(Sink& sink) const
{
    int read = 0, words = 0, doubtful = 0;
    double confidence = 0;
    for (const auto& [number, page] : pages) {
        if (!page.failure.empty())
            sink.remark({"page " + std::to_string(number) + " not read by OCR", page.failure});
        read += page.failure.empty();
        words += page.words;
        doubtful += page.doubtful;
        confidence += page.confidence;
    }
    if (read == 0)
        return;
    std::string how = program;
    if (words > 0)
        how += ", mean confidence " + std::to_string(std::lround(confidence / words)) + " %";
    if (doubtful > 0)
        how += ", " + std::to_string(doubtful) + " of " + counted(std::size_t(words), "word") + " doubtful";
    sink.remark({counted(std::size_t(read), "page") + " read by OCR", how});
}

RecognizedText recognizedTextOf(std::string_view tsv, double dpi)
{
    TsvReader reader(dpi);
    while (!tsv.empty()) {
        const std::size_t end = std::min(tsv.find('\n'), tsv.size());
        reader.read(tsv.substr(0, end));
        tsv.remove_prefix(std::min(end + 1, tsv.size()));
    }
    return std::move(reader).text();
}

} // namespace octavo::parsers
