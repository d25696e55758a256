// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <ctime>

namespace octavo::app {

// The last things that this program did, for crash reports. Reports leave the machine, so an event is a fixed phrase with numbers: never a name, path, title
// or text of a document or conversation. There is one for the program, since a signal handler has nothing else to find it by.
// Threads: events from any; the log may be read while they come, also in a signal handler: one that is being overwritten may be torn.
class EventLog {
public:
    static constexpr std::size_t kEvents = 128;

    struct Event {
        std::int64_t milliseconds = -1;   // since the log began; < 0: none
        const char* what = "";            // a literal
        std::int64_t number = 0;
    };

    static EventLog& instance();

    // `what` must live as long as the program: "reading begins, tokens".
    void add(const char* what, std::int64_t number = 0);
    // The n-th of those that are left, oldest first.
    Event at(std::size_t n) const;

private:
    EventLog();
    std::int64_t now() const;

    struct Slot {
        std::atomic<std::int64_t> milliseconds{-1};
        std::atomic<const char*> what{""};
        std::atomic<std::int64_t> number{0};
    };

    std::array<Slot, kEvents> m_slots;
    std::atomic<std::uint64_t> m_count{0};
    std::timespec m_begin{};
};

} // namespace octavo::app
