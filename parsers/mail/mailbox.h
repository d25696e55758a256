// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace octavo::parsers {

// The messages of an mbox file, one after the other.
class Mailbox {
public:
    explicit Mailbox(std::string_view file);

    bool sound() const { return m_sound; }     // it begins as such a file does
    std::optional<std::string> next();         // a message as it was before it was put into the box
    std::size_t at() const { return m_at; }

private:
    std::string_view m_file;
    std::size_t m_at = 0;
    bool m_sound = false;
};

// A message without the line "From somebody Mon Jan 1 12:00:00 2024" above it, if it has one.
std::string_view withoutEnvelope(std::string_view message);

} // namespace octavo::parsers
