// SPDX-License-Identifier: Apache-2.0
#include "assistant/page_drawer.h"

#include <utility>

#include <QFile>

#include "documents/load_fault.h"
#include "documents/page_picture.h"

namespace octavo::app {

PageDrawer::PageDrawer(std::function<void(const PageSizes&)> measured, std::function<void(const DrawnPage&)> drawn)
    : m_measured(std::move(measured)), m_drawn(std::move(drawn)), m_thread([this](const std::stop_token& stop) { work(stop); })
{
}

PageDrawer::~PageDrawer() = default;

void PageDrawer::measure(const QString& file) { post({file}); }

void PageDrawer::draw(const QString& file, int page, double dpi) { post({file, page, dpi}); }

void PageDrawer::drop()
{
    const std::lock_guard lock(m_mutex);
    m_wishes.clear();
}

void PageDrawer::post(Wish wish)
{
    const std::lock_guard lock(m_mutex);
    m_wishes.push_front(std::move(wish));
    m_changed.notify_one();
}

void PageDrawer::work(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return !m_wishes.empty(); })) {
        if (stop.stop_requested())
            return;
        const Wish wish = std::move(m_wishes.front());
        m_wishes.pop_front();
        lock.unlock();
        fulfil(wish, stop);
        lock.lock();
    }
}

void PageDrawer::fulfil(const Wish& wish, const std::stop_token& stop) const
{
    QFile file(wish.file);
    const bool isOpen = file.open(QIODevice::ReadOnly);
    const auto failureOf = [&](const auto& answer) {
        if (answer)
            return QString();
        return isOpen ? app::failureOf(faultOf(answer.error(), QStringLiteral("PDF")), wish.file).sentence
                      : app::failureOf(faultOf(TextFileFault::Missing), wish.file).sentence;
    };
    const int descriptor = isOpen ? file.handle() : -1;
    const ParseFault gone{ParseFault::Kind::Damaged};
    if (wish.page == 0) {
        const auto sizes = isOpen ? pageSizes(descriptor, stop) : gone;
        m_measured({wish.file, sizes ? *sizes : QList<QSizeF>(), failureOf(sizes)});
    } else {
        const auto picture = isOpen ? pagePicture(descriptor, wish.page, wish.dpi, stop) : gone;
        m_drawn({wish.file, wish.page, wish.dpi, picture ? *picture : PagePicture(), failureOf(picture)});
    }
}

} // namespace octavo::app
