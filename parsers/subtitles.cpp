// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parsers.h"
#include "subtitles/caption_text.h"
#include "text/left_out.h"
#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr long kPause = 4000;               // milliseconds of silence that end a paragraph
constexpr std::size_t kFullParagraph = 300; // bytes from which the next end of a sentence does
constexpr std::size_t kLongParagraph = 1200;   // and from which any cue's end does: there are captions without any full stop
constexpr std::size_t kProgressStep = 1 << 18;

struct Timing {
    long start = 0;   // in milliseconds
    long end = 0;
};

// hours:minutes:seconds,milliseconds; WebVTT has a point there and may leave out the hours.
std::optional<long> timeIn(std::string_view text)
{
    long units = 0;
    long fraction = 0;
    int colons = 0;
    std::size_t at = 0;
    for (long number = 0;; ++at) {
        const char c = at < text.size() ? text[at] : ' ';
        if (c >= '0' && c <= '9') {
            number = std::min(number * 10 + (c - '0'), 99'999L);
            continue;
        }
        units = units * 60 + number;
        number = 0;
        if (c != ':')
            break;
        if (++colons > 2)
            return std::nullopt;
    }
    if (at < text.size() && (text[at] == ',' || text[at] == '.')) {
        for (long weight = 100; ++at < text.size() && text[at] >= '0' && text[at] <= '9'; weight /= 10)
            fraction += weight * (text[at] - '0');
    }
    const bool ends = at == text.size() || isSpace(text[at]);
    return colons > 0 && ends ? std::optional(units * 1000 + fraction) : std::nullopt;
}

std::optional<Timing> timingIn(std::string_view line)
{
    constexpr std::string_view kArrow = "-->";
    const std::size_t arrow = line.find(kArrow);
    if (arrow == line.npos)
        return std::nullopt;
    const std::optional<long> start = timeIn(trimmed(line.substr(0, arrow)));
    const std::optional<long> end = timeIn(trimmed(line.substr(arrow + kArrow.size())));
    return start && end ? std::optional(Timing{*start, *end}) : std::nullopt;
}

std::string clock(long milliseconds)
{
    const auto two = [](long number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    const long seconds = milliseconds / 1000;
    return two(seconds / 3600) + ':' + two(seconds / 60 % 60) + ':' + two(seconds % 60);
}

bool isNumber(std::string_view line)
{
    return !line.empty() && std::all_of(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool endsSentence(std::string_view text)
{
    for (bool closes = true; closes;) {
        closes = false;
        for (const std::string_view close : {"\"", "'", ")", "]", "”", "’", "»", "」", "』", "♪"}) {
            if (text.ends_with(close)) {
                text.remove_suffix(close.size());
                closes = true;
            }
        }
    }
    const auto ends = [&](std::string_view stop) { return text.ends_with(stop); };
    return ends(".") || ends("!") || ends("?") || ends("…") || ends("。") || ends("！") || ends("？") || ends("؟") || ends("।");
}

bool beginsDialogue(std::string_view line) { return line.starts_with("- ") || line.starts_with("– ") || line.starts_with("— "); }

// What a cut leaves of the last cue: a blank line, its number, and a part of its times. Returns where that begins; npos: nowhere.
std::size_t cutCueIn(std::string_view text)
{
    const std::size_t times = text.rfind('\n');
    if (times == text.npos || times + 1 == text.size() || text.find_first_not_of("0123456789:,.-> ", times + 1) != text.npos)
        return text.npos;
    const std::size_t number = times == 0 ? text.npos : text.rfind('\n', times - 1);
    if (number == text.npos || !isNumber(trimmed(text.substr(number, times - number))))
        return text.npos;
    const std::string_view before = text.substr(0, number);
    return before.ends_with("\n") || before.ends_with("\n\r") ? number : text.npos;
}

// Where a tag begins that the file's end cuts; npos: nowhere.
std::size_t cutTagIn(std::string_view text)
{
    const std::size_t at = text.rfind('<');
    if (at == text.npos || text.find_first_of(">\n", at) != text.npos)
        return text.npos;
    const std::size_t begin = std::min(text.size(), at + 1 + text.substr(at + 1).starts_with('/'));
    const std::string_view tag = text.substr(begin, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", begin) - begin);
    const bool isWhole = begin + tag.size() < text.size();
    for (const std::string_view known : {"b", "c", "font", "i", "lang", "rt", "ruby", "s", "u", "v"}) {
        if (isWhole ? tag == known : known.starts_with(tag))
            return at;
    }
    return text.npos;
}

// Joins cues to paragraphs.
class Transcript {
public:
    explicit Transcript(Sink& sink) : m_sink(sink) {}

    void cue(const Timing& timing, const std::vector<CaptionLine>& lines)
    {
        const bool pause = timing.start - m_end > kPause;
        const bool restart = timing.start < m_start - kPause;   // two files made one
        if (pause || restart || (m_block.text.size() >= kFullParagraph && endsSentence(m_block.text))
            || m_block.text.size() >= kLongParagraph)
            endParagraph();
        m_start = timing.start;
        m_end = restart ? timing.end : std::max(m_end, timing.end);
        bool first = true;
        for (const CaptionLine& line : lines)
            add(line, timing, std::exchange(first, false));
    }

    void endParagraph()
    {
        if (!m_block.text.empty())
            m_sink.block(m_block);
        m_block = {};
        m_speaker.clear();
    }

private:
    void add(const CaptionLine& line, const Timing& timing, bool first)
    {
        const bool speaks = !line.speaker.empty() && line.speaker != m_speaker;
        if (!m_block.text.empty())
            m_block.text += speaks || beginsDialogue(line.text) ? '\n' : ' ';
        if (first) {
            Mark mark;
            mark.at = m_block.text.size();
            mark.name = clock(timing.start);
            m_block.marks.push_back(std::move(mark));
        }
        if (speaks)
            m_block.text += line.speaker + ": ";
        if (!line.speaker.empty())
            m_speaker = line.speaker;
        m_block.text += line.text;
    }

    Sink& m_sink;
    Block m_block;
    std::string m_speaker;
    long m_start = 0;
    long m_end = 0;
};

class Reader {
public:
    Reader(std::string_view text, Sink& sink) : m_text(text), m_sink(sink), m_transcript(sink) {}

    bool run();   // false: there is nothing that looks like subtitles

private:
    void take(std::string_view line, std::string_view next);
    void beginBlock(std::string_view line);
    void endCue();

    std::string_view m_text;
    Sink& m_sink;
    Transcript m_transcript;
    LeftOut m_leftOut;

    bool m_webVtt = false;
    bool m_rolling = false;        // captions that run through, each cue with the last line of the one before
    bool m_afterBlank = true;
    bool m_inCue = false;
    bool m_anyCue = false;
    Timing m_timing;
    std::string m_cue;
    std::string m_lastLine;
};

std::string_view lineAt(std::string_view text, std::size_t at)
{
    const std::size_t end = text.find('\n', at);
    const std::string_view line = text.substr(at, end == text.npos ? end : end - at);
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

bool Reader::run()
{
    m_webVtt = m_text.starts_with("WEBVTT");
    m_rolling = m_webVtt && hasInnerTimings(m_text);
    const std::size_t cut = std::min(cutCueIn(m_text), cutTagIn(m_text));
    m_text = m_text.substr(0, cut);
    std::size_t told = 0;
    for (std::size_t at = 0; at < m_text.size();) {
        const std::size_t end = std::min(m_text.find('\n', at), m_text.size() - 1) + 1;
        take(lineAt(m_text, at), end < m_text.size() ? lineAt(m_text, end) : std::string_view());
        at = end;
        if (at - told >= kProgressStep) {
            told = at;
            m_sink.progress(double(at) / double(m_text.size()));
        }
    }
    endCue();
    m_transcript.endParagraph();
    m_leftOut.report(m_sink);
    if (cut != m_text.npos)
        m_sink.remark({"the end", "the file is cut off"});
    return m_webVtt || m_anyCue;
}

void Reader::take(std::string_view line, std::string_view next)
{
    if (const std::optional<Timing> timing = timingIn(line)) {
        endCue();
        m_timing = *timing;
        m_inCue = true;
        m_anyCue = true;
    } else if (line.empty()) {
        m_inCue = m_inCue && !m_webVtt;   // in SRT files a blank line within a cue is common; in WebVTT a line with a space is none
    } else if (m_inCue) {
        if (!isNumber(trimmed(line)) || !timingIn(next))
            m_cue.append(line).append("\n");
    } else if (m_afterBlank) {
        beginBlock(line);
    }
    m_afterBlank = line.empty();
}

void Reader::beginBlock(std::string_view line)
{
    if (m_webVtt && line.starts_with("NOTE") && (line.size() == 4 || isSpace(line[4])))
        m_leftOut.one("comment", "not part of what is said");
}

void Reader::endCue()
{
    std::vector<CaptionLine> lines = captionLines(std::exchange(m_cue, {}));
    m_inCue = false;
    if (m_rolling) {
        std::erase_if(lines, [&](const CaptionLine& line) { return line.text == std::exchange(m_lastLine, line.text); });
    }
    if (!lines.empty())
        m_transcript.cue(m_timing, lines);
}

std::string fromUtf16(std::string_view bytes, bool bigEndian)
{
    std::string text;
    char32_t high = 0;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        const auto first = static_cast<unsigned char>(bytes[at]);
        const auto second = static_cast<unsigned char>(bytes[at + 1]);
        const char32_t unit = bigEndian ? char32_t(first << 8 | second) : char32_t(second << 8 | first);
        const bool low = unit >= 0xDC00 && unit < 0xE000;
        if (high != 0 && !low)
            appendUtf8(text, high);
        if (high != 0 && low)
            appendUtf8(text, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
        else if (unit < 0xD800 || unit >= 0xDC00)
            appendUtf8(text, unit);
        high = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
    }
    return text;
}

std::string decoded(std::string_view file)
{
    std::string text;
    if (file.starts_with("\xFF\xFE"))
        text = fromUtf16(file.substr(2), false);
    else if (file.starts_with("\xFE\xFF"))
        text = fromUtf16(file.substr(2), true);
    else
        text = validUtf8(file.starts_with("\xEF\xBB\xBF") ? file.substr(3) : file);
    if (text.find('\n') == text.npos)
        std::replace(text.begin(), text.end(), '\r', '\n');   // as old Macintoshes ended lines
    return text;
}

} // namespace

Parsed parseSubtitles(std::string_view file, Sink& sink)
{
    const std::string text = decoded(file);
    if (!Reader(text, sink).run())
        return Fault{Fault::Kind::Damaged, "no subtitles"};
    return {};
}

} // namespace octavo::parsers
