// SPDX-License-Identifier: Apache-2.0
#include "rtf/tokens.h"

#include <algorithm>

namespace octavo::parsers::rtf {

namespace {

constexpr long long kLargestNumber = 0x7FFFFFFF;

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLineEnd(char c) { return c == '\r' || c == '\n' || c == '\0'; }   // some writers end the file with a NUL

int hexDigit(char c)
{
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace

Token Tokens::next()
{
    while (m_at < m_file.size() && isLineEnd(m_file[m_at]))
        ++m_at;
    if (m_at == m_file.size())
        return {};
    switch (m_file[m_at]) {
    case '{': ++m_at; return {Token::Kind::Open};
    case '}': ++m_at; return {Token::Kind::Close};
    case '\\': ++m_at; return control();
    default: break;
    }
    const auto ends = [](char c) { return isLineEnd(c) || c == '{' || c == '}' || c == '\\'; };
    const auto begin = m_file.begin() + std::ptrdiff_t(m_at);
    const std::size_t length = std::size_t(std::find_if(begin, m_file.end(), ends) - begin);
    const std::string_view text = m_file.substr(m_at, length);
    m_at += length;
    return {Token::Kind::Text, text};
}

Token Tokens::control()
{
    if (m_at == m_file.size())
        return {};
    if (isLetter(m_file[m_at]))
        return word();
    const std::string_view symbol = m_file.substr(m_at++, 1);
    return symbol == "'" ? hexByte() : Token{Token::Kind::Symbol, symbol};
}

Token Tokens::word()
{
    const std::size_t begin = m_at;
    while (m_at < m_file.size() && isLetter(m_file[m_at]))
        ++m_at;
    const std::string_view name = m_file.substr(begin, m_at - begin);
    const std::optional<int> value = number();
    if (m_at < m_file.size() && m_file[m_at] == ' ')
        ++m_at;
    if (name == "bin")
        m_at += std::min(m_file.size() - m_at, std::size_t(std::max(value.value_or(0), 0)));
    return {Token::Kind::Word, name, value};
}

std::optional<int> Tokens::number()
{
    std::size_t at = m_at;
    const bool negative = at < m_file.size() && m_file[at] == '-';
    at += negative;
    if (at == m_file.size() || !isDigit(m_file[at]))
        return std::nullopt;
    long long value = 0;
    for (; at < m_file.size() && isDigit(m_file[at]); ++at)
        value = std::min(value * 10 + (m_file[at] - '0'), kLargestNumber);
    m_at = at;
    return int(negative ? -value : value);
}

Token Tokens::hexByte()
{
    if (m_file.size() - m_at < 2)
        return {};
    const int high = hexDigit(m_file[m_at]);
    const int low = hexDigit(m_file[m_at + 1]);
    if (high < 0 || low < 0)
        return {Token::Kind::Symbol, m_file.substr(m_at - 1, 1)};
    m_at += 2;
    return {Token::Kind::Byte, {}, high * 16 + low};
}

} // namespace octavo::parsers::rtf
