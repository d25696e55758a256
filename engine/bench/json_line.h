// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace octavo::bench {

// One JSON object on one line, keys in the order in which they were added. Values: strings, bool, numbers (null where not finite), lists and
// pairs of those.
class JsonLine {
public:
    explicit JsonLine(std::string_view step) { add("step", step); }

    template <class T>
    JsonLine& add(std::string_view key, const T& value)
    {
        m_text += m_text.empty() ? "{" : ", ";
        append(key);
        m_text += ": ";
        append(value);
        return *this;
    }

    // At once, so that what was measured is not lost if the process dies later.
    void print() const
    {
        std::printf("%s}\n", m_text.c_str());
        std::fflush(stdout);
    }

private:
    void append(std::string_view text)
    {
        m_text += '"';
        for (const char c : text) {
            if (static_cast<unsigned char>(c) < 0x20) {
                char escape[8];
                std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
                m_text += escape;
                continue;
            }
            if (c == '"' || c == '\\')
                m_text += '\\';
            m_text += c;
        }
        m_text += '"';
    }
    void append(const std::string& text) { append(std::string_view(text)); }
    void append(const char* text) { append(std::string_view(text)); }
    void append(bool value) { m_text += value ? "true" : "false"; }
    void append(double value)
    {
        char text[40];
        std::snprintf(text, sizeof text, "%.9g", value);
        m_text += std::isfinite(value) ? text : "null";
    }
    template <class T>
        requires std::is_integral_v<T>
    void append(T value)
    {
        m_text += std::to_string(value);
    }
    template <class A, class B>
    void append(const std::pair<A, B>& both)
    {
        m_text += '[';
        append(both.first);
        m_text += ", ";
        append(both.second);
        m_text += ']';
    }
    template <class T>
    void append(const std::vector<T>& values)
    {
        m_text += '[';
        for (std::size_t n = 0; n < values.size(); ++n) {
            m_text += n ? ", " : "";
            append(values[n]);
        }
        m_text += ']';
    }

    std::string m_text;
};

} // namespace octavo::bench
