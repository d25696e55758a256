// SPDX-License-Identifier: Apache-2.0
#include "documents/page_recognition.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "documents/memory_file.h"
#include "documents/page_picture.h"

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;

constexpr int kDpi = 300;   // what Tesseract's letters were learnt at, by its documentation ("Improving the quality of the output")
constexpr auto kStep = std::chrono::milliseconds(50);

QString wordsFor(const ParseFault& fault)
{
    using Kind = ParseFault::Kind;
    switch (fault.kind) {
    case Kind::TooSlow: return u"Tesseract was given up after 3 minutes"_s;
    case Kind::Died: return u"Tesseract crashed, or could not open the picture"_s;
    case Kind::TooLarge: return u"too large for Tesseract"_s;
    default: return fault.detail.isEmpty() ? u"the page cannot be drawn"_s : fault.detail;
    }
}

Expected<QByteArray, ParseFault> recognizePage(const Scans& scans, int page, const Recognition& with, const std::stop_token& stop)
{
    if (scans.isPicture)
        return recognizePicture(*with.tesseract, scans.descriptor, 0, with.languages, stop);
    const auto picture = greyPage(scans.descriptor, page, kDpi, stop);
    if (!picture)
        return picture.error();
    const MemoryFile file(*picture);
    return file.isWhole() ? recognizePicture(*with.tesseract, file.descriptor(), kDpi, with.languages, stop) : ParseFault{ParseFault::Kind::TooLarge};
}

QByteArray linesFor(int page, const Expected<QByteArray, ParseFault>& tsv)
{
    const QByteArray number = QByteArray::number(page);
    return tsv ? "page\t" + number + '\n' + *tsv + '\n' : "failed\t" + number + '\t' + wordsFor(tsv.error()).toUtf8() + '\n';
}

} // namespace

Expected<QByteArray, ParseFault> recognizePages(const Scans& scans, const Recognition& with, const std::function<void(int pages)>& progressed,
                                                const std::stop_token& stop)
{
    const auto count = std::size_t(scans.pages.size());
    std::vector<QByteArray> lines(count);   // each written by one thread
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::condition_variable changed;
    int done = 0;
    const auto work = [&] {
        for (std::size_t at = next++; at < count && !stop.stop_requested(); at = next++) {
            const int page = scans.pages[qsizetype(at)];
            lines[at] = linesFor(page, recognizePage(scans, page, with, stop));
            const std::lock_guard lock(mutex);
            ++done;
            changed.notify_one();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < std::min(count, std::size_t(std::max(1, with.threads))); ++thread)
            threads.emplace_back(work);
        std::unique_lock lock(mutex);
        for (int told = 0; told < int(count) && !stop.stop_requested();) {
            changed.wait_for(lock, kStep);
            const int now = done;
            lock.unlock();
            if (now > std::exchange(told, now))
                progressed(now);
            lock.lock();
        }
    }
    if (stop.stop_requested())
        return ParseFault{ParseFault::Kind::Stopped};
    QByteArray all = u"program\tTesseract %1, %2\n"_s.arg(with.tesseract->version, with.languages).toUtf8();
    for (const QByteArray& page : lines)
        all += page;
    return all;
}

} // namespace octavo::app
