// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "parsers.h"
#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

// Everything a parser says, as lines to compare: "heading 1: Title", "item 2: …", "row: a | b", "remark: 3 pictures (left out)",
// "part 1: …", "member: a/b (12 bytes)". Holds parsers to what Sink and Block promise on the way.
class Recorded : public Sink {
public:
    enum class Marks { Hidden, Shown };   // shown as "@[name]" where they stand

    explicit Recorded(Marks marks = Marks::Hidden) : m_marks(marks) {}

    void format(std::string_view name) override
    {
        EXPECT_TRUE(m_lines.empty());
        add("format: ", name);
    }
    void title(std::string_view title) override
    {
        EXPECT_EQ(m_titles++, 0);
        add("title: ", title);
    }
    void pages(int count) override
    {
        EXPECT_EQ(m_pages, 0);
        EXPECT_GE(count, 0);
        m_pages = count;
        m_lines.push_back("pages: " + std::to_string(count));
    }
    void part(std::string_view title, int level) override
    {
        EXPECT_GE(level, 1);
        add("part " + std::to_string(level) + ": ", title);
    }
    void remark(const Remark& remark) override { add("remark: ", remark.what + " (" + remark.why + ')'); }
    void progress(double share) override
    {
        EXPECT_GE(share, m_progress);
        EXPECT_LE(share, 1);
        m_progress = share;
    }
    void member(std::string_view path, std::string_view bytes) override
    {
        add("member: ", std::string(path) + " (" + std::to_string(bytes.size()) + " bytes)");
        m_members.emplace_back(bytes);
    }
    void block(const Block& block) override
    {
        EXPECT_FALSE(block.text.empty());
        if (block.kind != Block::Kind::Code && !block.text.empty()) {
            EXPECT_FALSE(isSpace(block.text.front()) || isSpace(block.text.back())) << block.text;
        }
        add(nameOf(block) + ": ", withMarks(block));
    }

    std::string text() const
    {
        std::string all;
        for (const std::string& line : m_lines)
            all += line + '\n';
        return all;
    }
    const std::vector<std::string>& lines() const { return m_lines; }
    const std::vector<std::string>& members() const { return m_members; }

private:
    static std::string nameOf(const Block& block)
    {
        static constexpr const char* kNames[] = {"paragraph", "heading", "item", "row", "code", "quote", "note"};
        const std::string name = kNames[int(block.kind)];
        const bool levelled = block.kind == Block::Kind::Heading || block.kind == Block::Kind::Item;
        EXPECT_GE(block.level, 1);
        return levelled ? name + ' ' + std::to_string(block.level) : name;
    }

    std::string withMarks(const Block& block) const
    {
        std::string text = block.text;
        for (std::size_t i = block.marks.size(); i-- > 0;) {
            const Mark& mark = block.marks[i];
            EXPECT_EQ(i == 0, mark.at == 0);
            EXPECT_LT(mark.at, block.text.size());
            EXPECT_TRUE(i == 0 || block.marks[i - 1].at < mark.at);
            EXPECT_TRUE(mark.page >= 0 && mark.page <= m_pages && isUtf8(mark.name));
            EXPECT_TRUE(std::isfinite(mark.box.x) && std::isfinite(mark.box.y) && std::isfinite(mark.box.width) && std::isfinite(mark.box.height));
            if (m_marks == Marks::Shown)
                text.insert(std::min(mark.at, block.text.size()), "@[" + mark.name + ']');
        }
        return text;
    }

    void add(const std::string& kind, std::string_view text)
    {
        static constexpr std::size_t kMostBytes = std::size_t(128) << 20;   // of a test's small file, even one that unpacks a hundredfold
        EXPECT_TRUE(isUtf8(text)) << text;
        m_bytes += kind.size() + text.size();
        EXPECT_LT(m_bytes, kMostBytes);
        std::string& line = m_lines.emplace_back(kind);
        for (const char c : text) {
            if (c == '\n')
                line += "\\n";
            else
                line += c;
        }
    }

    Marks m_marks;
    int m_titles = 0;
    int m_pages = 0;
    std::size_t m_bytes = 0;
    double m_progress = 0;
    std::vector<std::string> m_lines;
    std::vector<std::string> m_members;
};

// What a parser makes of a file: its lines, or "fault: …" behind them.
inline std::string recorded(Parser& parser, std::string_view file, Recorded::Marks marks = Recorded::Marks::Hidden)
{
    static constexpr const char* kFaults[] = {"damaged", "encrypted", "too large", "unsupported"};
    Recorded sink(marks);
    // A copy of exactly its size, so that the address sanitizer sees what reads behind its end.
    const std::vector<char> exact(file.begin(), file.end());
    const Parsed parsed = parser(std::string_view(exact.data(), exact.size()), sink);
    return parsed.ok() ? sink.text() : sink.text() + "fault: " + kFaults[int(parsed.error().kind)] + '\n';
}

// No prefix of a file may do harm.
inline void readEveryPrefix(Parser& parser, std::string_view file)
{
    for (std::size_t length = 0; length <= file.size(); ++length)
        recorded(parser, file.substr(0, length));
}

// Bytes without any sense, the same ones for the same seed.
inline std::string noise(std::size_t size, unsigned seed)
{
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) {
        seed = seed * 1664525 + 1013904223;
        bytes += static_cast<char>(seed >> 24);
    }
    return bytes;
}

// The file with some of its bytes replaced.
inline std::string damaged(std::string file, unsigned seed)
{
    for (std::size_t i = 0; !file.empty() && i < 1 + file.size() / 50; ++i) {
        seed = seed * 1664525 + 1013904223;
        const std::size_t at = (seed >> 8) % file.size();
        seed = seed * 1664525 + 1013904223;
        file[at] = static_cast<char>(seed >> 24);
    }
    return file;
}

} // namespace octavo::parsers
