// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "parsers.h"
#include "rtf/letters.h"
#include "rtf/paragraphs.h"
#include "rtf/state.h"
#include "rtf/tokens.h"
#include "rtf/words.h"
#include "text/left_out.h"
#include "text/words.h"

namespace octavo::parsers {

namespace rtf {
namespace {

constexpr std::size_t kDeepestGroup = 10'000;      // deeper ones are read as if their braces were not there
constexpr std::size_t kProgressStep = 1 << 18;     // bytes
constexpr int kMostStandIns = 1000;                // characters behind \u

class Interpreter {
public:
    Interpreter(std::string_view file, Sink& sink) : m_file(file), m_tokens(file), m_sink(sink), m_paragraphs(sink) {}

    void run();

private:
    void take(const Token& token);
    void open();
    void close();
    void leave(const State& left);
    void symbol(char symbol);
    void word(const Token& token);
    bool ending(Meaning meaning);
    bool characterProperty(Meaning meaning, int value, bool on);
    bool fileProperty(Meaning meaning, int value);
    void destination(const Word& word);
    void beginAside(Meaning meaning);
    void leaveOut(const Word& word);

    void bytes(std::string_view bytes);
    void flush();
    void put(std::string_view text);

    void endStyle(const State& entry);
    void endTitle();
    void tellTitle();
    CodePage codePage() const;
    Layout layout() const;
    State& state() { return m_states.back(); }
    const State& state() const { return m_states.back(); }

    std::string_view m_file;
    Tokens m_tokens;
    Sink& m_sink;
    Paragraphs m_paragraphs;
    LeftOut m_leftOut;
    Letters m_letters;

    std::vector<State> m_states;
    std::size_t m_tooDeep = 0;
    std::unordered_map<int, std::optional<CodePage>> m_fonts;
    std::unordered_map<int, int> m_headings;   // levels by style
    CodePage m_codePage = kWestern;
    int m_defaultFont = 0;
    std::string m_bullet;
    std::string m_style;
    std::string m_titleText;
    std::string m_title;
    bool m_titleTold = false;
};

void Interpreter::run()
{
    std::size_t told = 0;
    for (Token token = m_tokens.next(); token.kind != Token::Kind::End; token = m_tokens.next()) {
        take(token);
        if (token.kind == Token::Kind::Close && m_states.empty())
            break;
        if (m_tokens.at() - told >= kProgressStep) {
            told = m_tokens.at();
            m_sink.progress(double(told) / double(m_file.size()));
        }
    }
    if (!m_states.empty()) {
        m_leftOut.some("the end", "the file is cut off");
        flush();
    }
    m_paragraphs.finish();
    m_leftOut.report(m_sink);
}

void Interpreter::take(const Token& token)
{
    if (token.kind == Token::Kind::Open)
        return open();
    if (token.kind == Token::Kind::Close)
        return close();
    if (m_states.empty() || state().destination == Destination::Nowhere)
        return;
    switch (token.kind) {
    case Token::Kind::Word: word(token); break;
    case Token::Kind::Symbol: symbol(token.text.front()); break;
    case Token::Kind::Byte: {
        const char byte = static_cast<char>(*token.value);
        bytes({&byte, 1});
        break;
    }
    default: bytes(token.text); break;
    }
}

void Interpreter::open()
{
    m_letters.endStandIns();
    if (m_states.size() >= kDeepestGroup) {
        ++m_tooDeep;
        return;
    }
    if (!m_states.empty())
        flush();
    State inner = m_states.empty() ? State{} : state();
    inner.begins = true;
    inner.optional = false;
    inner.aside = false;
    m_states.push_back(inner);
}

void Interpreter::close()
{
    m_letters.endStandIns();
    if (m_tooDeep > 0) {
        --m_tooDeep;
        return;
    }
    if (m_states.empty())
        return;
    flush();
    const State left = state();
    m_states.pop_back();
    leave(left);
    if (m_states.size() == 1)
        tellTitle();
}

void Interpreter::leave(const State& left)
{
    if (left.aside)
        m_paragraphs.endAside();
    const Destination outer = m_states.empty() ? Destination::Body : state().destination;
    if (left.destination == Destination::Style)
        endStyle(left);
    if (left.destination == outer)
        return;
    if (left.destination == Destination::Bullet)
        m_paragraphs.bullet(std::exchange(m_bullet, {}), left.layout);
    else if (left.destination == Destination::Title)
        endTitle();
}

void Interpreter::endStyle(const State& entry)
{
    const std::string name = lowerAscii(trimmed(std::string_view(m_style).substr(0, m_style.find(';'))));
    m_style.clear();
    if (name == "title")
        m_headings[entry.style] = 1;
    else if (name.size() == 9 && name.starts_with("heading ") && name.back() >= '1' && name.back() <= '9')
        m_headings[entry.style] = name.back() - '0';
    else if (entry.outline >= 0 && entry.outline < kHeadingLevels)
        m_headings[entry.style] = entry.outline + 1;
}

void Interpreter::endTitle()
{
    const std::string title = squeezed(std::exchange(m_titleText, {}));
    if (!title.empty())
        m_title = title;
}

// Behind the group of all that is said about the file, since the title may come in two charsets, the better one last.
void Interpreter::tellTitle()
{
    if (m_titleTold || m_title.empty())
        return;
    m_titleTold = true;
    m_sink.title(m_title);
}

void Interpreter::symbol(char symbol)
{
    if (symbol == '*') {
        state().optional = state().begins;
        return;
    }
    state().begins = false;
    if (m_letters.isStandIn())
        return;
    switch (symbol) {
    case '~': m_letters.character(" "); break;
    case '_': m_letters.character("-"); break;
    case '\t': m_letters.character("\t"); break;
    case '\\':
    case '{':
    case '}': bytes({&symbol, 1}); break;
    case '\r':
    case '\n': ending(Meaning::Paragraph); break;
    default: break;
    }
}

void Interpreter::word(const Token& token)
{
    const Word word = wordCalled(token.text);
    const bool begins = std::exchange(state().begins, false);
    if (begins && state().optional && word.meaning < Meaning::FontTable) {
        state().destination = Destination::Nowhere;
        return;
    }
    // A word counts as a character, but no writer means "\tab" or "\par" to stand in for one: it has forgotten to write any.
    const bool standIn = word.meaning != Meaning::Unicode && m_letters.isStandIn();
    if (standIn && word.meaning == Meaning::Character && !isSpace(word.text.front()))
        return;
    const int value = token.value.value_or(0);
    const bool on = token.value.value_or(1) != 0;
    if (word.meaning == Meaning::Unicode)
        m_letters.unicode(value, state().unicodeSkip);
    else if (word.meaning == Meaning::Character)
        m_letters.character(word.text);
    else if (!ending(word.meaning) && !state().setParagraphProperty(word.meaning, value, on) && !characterProperty(word.meaning, value, on)
        && !fileProperty(word.meaning, value))
        destination(word);
}

bool Interpreter::ending(Meaning meaning)
{
    if (meaning < Meaning::Paragraph || meaning > Meaning::Row)
        return false;
    flush();
    if (state().destination != Destination::Body)
        return true;
    if (meaning == Meaning::Cell)
        m_paragraphs.endCell();
    else if (meaning == Meaning::Row)
        m_paragraphs.endRow();
    else
        m_paragraphs.endParagraph(layout());
    return true;
}

bool Interpreter::characterProperty(Meaning meaning, int value, bool on)
{
    State& now = state();
    switch (meaning) {
    case Meaning::CharacterDefaults:
        flush();
        now.font = m_defaultFont;
        now.deleted = false;
        now.hidden = false;
        return true;
    case Meaning::Font:
        now.font = value;
        if (now.destination == Destination::Fonts)
            m_fonts[value] = std::nullopt;
        return true;
    case Meaning::FontCharset: m_fonts[now.font] = codePageOfCharset(value); return true;
    case Meaning::Deleted:
        flush();
        now.deleted = on;
        return true;
    case Meaning::Hidden:
        flush();
        now.hidden = on;
        return true;
    case Meaning::UnicodeSkip: now.unicodeSkip = std::clamp(value, 0, kMostStandIns); return true;
    default: return false;
    }
}

bool Interpreter::fileProperty(Meaning meaning, int value)
{
    switch (meaning) {
    case Meaning::AnsiPage: m_codePage = value; return true;
    case Meaning::MacintoshSet: m_codePage = 10000; return true;
    case Meaning::DosSet: m_codePage = 437; return true;
    case Meaning::DefaultFont:
        m_defaultFont = value;
        state().font = value;
        return true;
    default: return false;
    }
}

void Interpreter::destination(const Word& word)
{
    if (word.meaning < Meaning::FontTable)
        return;
    flush();
    State& now = state();
    switch (word.meaning) {
    case Meaning::FontTable: now.destination = Destination::Fonts; break;
    case Meaning::StyleSheet: now.destination = Destination::Style; break;
    case Meaning::Title: now.destination = Destination::Title; break;
    case Meaning::Bullet: now.destination = Destination::Bullet; break;
    case Meaning::Around: now.destination = Destination::Around; break;
    case Meaning::UnicodeTwin: now.destination = m_states.size() < 3 ? Destination::Body : m_states[m_states.size() - 3].destination; break;
    case Meaning::Note:
    case Meaning::Box: beginAside(word.meaning); break;
    case Meaning::LeftOut: leaveOut(word); break;
    case Meaning::Skipped: now.destination = Destination::Nowhere; break;
    default: break;
    }
}

void Interpreter::beginAside(Meaning meaning)
{
    State& now = state();
    if (now.deleted || now.hidden) {
        now.destination = Destination::Nowhere;
        return;
    }
    now.resetParagraph();
    if (meaning == Meaning::Box)
        now.destination = Destination::Body;
    now.aside = now.destination == Destination::Body && (meaning == Meaning::Box ? m_paragraphs.beginBox() : m_paragraphs.beginNote());
}

void Interpreter::leaveOut(const Word& word)
{
    state().destination = Destination::Nowhere;
    word.counted ? m_leftOut.one(word.thing, "left out") : m_leftOut.some(word.thing, "left out");
}

void Interpreter::bytes(std::string_view bytes)
{
    state().begins = false;
    m_letters.bytes(m_letters.withoutStandIns(bytes), codePage());
}

CodePage Interpreter::codePage() const
{
    const auto font = m_fonts.find(state().font);
    return font == m_fonts.end() ? m_codePage : font->second.value_or(m_codePage);
}

void Interpreter::flush()
{
    const std::string text = m_letters.take();
    if (!text.empty())
        put(text);
}

void Interpreter::put(std::string_view text)
{
    if (state().destination == Destination::Body && (state().deleted || state().hidden)) {
        m_leftOut.some(state().deleted ? "deleted text" : "hidden text", "left out");
        return;
    }
    switch (state().destination) {
    case Destination::Body: m_paragraphs.append(text); break;
    case Destination::Bullet: m_bullet += text; break;
    case Destination::Title: m_titleText += text; break;
    case Destination::Style: m_style += text; break;
    default: break;
    }
}

Layout Interpreter::layout() const
{
    Layout layout = state().layout;
    const auto heading = m_headings.find(state().style);
    if (state().outline >= 0)
        layout.heading = state().outline < kHeadingLevels ? state().outline + 1 : 0;
    else
        layout.heading = heading == m_headings.end() ? 0 : heading->second;
    return layout;
}

} // namespace
} // namespace rtf

Parsed parseRtf(std::string_view file, Sink& sink)
{
    constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
    if (file.starts_with(kUtf8Mark))
        file.remove_prefix(kUtf8Mark.size());
    while (!file.empty() && isSpace(file.front()))
        file.remove_prefix(1);
    if (!file.starts_with("{\\rtf"))
        return Fault{Fault::Kind::Damaged, "not Rich Text Format"};
    rtf::Interpreter(file, sink).run();
    return {};
}

} // namespace octavo::parsers
