// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "octavo/app/page_picture.h"

namespace octavo::app {

// Draws pages of PDF files on a thread of its own, since whoever scrolls does not wait for a model. What was asked for last comes first.
// Threads: any; the callbacks are called on the drawer's. The destructor stops and joins.
class PageDrawer {
public:
    PageDrawer(std::function<void(const PageSizes&)> measured, std::function<void(const DrawnPage&)> drawn);
    ~PageDrawer();

    void measure(const QString& file);
    void draw(const QString& file, int page, double dpi);
    void drop();   // what waits

private:
    struct Wish {
        QString file;
        int page = 0;      // 0: all sizes
        double dpi = 0;
    };
    void post(Wish wish);
    void work(const std::stop_token& stop);
    void fulfil(const Wish& wish, const std::stop_token& stop) const;

    std::function<void(const PageSizes&)> m_measured;
    std::function<void(const DrawnPage&)> m_drawn;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<Wish> m_wishes;
    std::jthread m_thread;   // last: uses all of the above
};

} // namespace octavo::app
