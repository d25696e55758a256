// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "models/model_download.h"

namespace octavo::app {

// Gets models from the net on a thread of its own: whoever asks a question does not wait for a download of an hour. One at a time.
// Threads: fetch(), stop() and the destructor, which stops and joins, on one; the callbacks come on the fetcher's.
class ModelFetcher {
public:
    using Progressed = std::function<void(const DownloadProgress&)>;
    using Ended = std::function<void(const Outcome<QString>& file)>;

    ~ModelFetcher() = default;

    bool isBusy() const { return m_busy && !m_thread.get_stop_token().stop_requested(); }
    // Not while it is busy. What was stopped and still ends is waited for: some 100 ms at most.
    void fetch(const ModelAddress& address, const QString& dataDir, const DownloadOptions& options, Progressed progressed, Ended ended)
    {
        m_thread = {};
        m_busy = true;
        m_thread = std::jthread([this, address, dataDir, options, progressed = std::move(progressed), ended = std::move(ended)](const std::stop_token& stop) {
            const Outcome<QString> file = downloadModel(address, dataDir, options, progressed, stop);
            m_busy = false;
            ended(file);
        });
    }
    void stop() { m_thread.request_stop(); }

private:
    std::atomic<bool> m_busy = false;
    std::jthread m_thread;   // last: uses the above
};

} // namespace octavo::app
