// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include <QByteArray>
#include <QString>
#include <QUrl>

#include "octavo/app/failure.h"

namespace octavo::app {

// Where a model lies on the net.
struct ModelAddress {
    QUrl url;
    QString fileName;     // a plain name that ends with .gguf
};

// Understands an https address (a page of Hugging Face that shows a file means that file), "hf.co/owner/name/file.gguf" and "owner/name/file.gguf". Plain http is taken
// from this machine alone (127.0.0.1, ::1, localhost). Connects to nothing.
Outcome<ModelAddress> modelAddress(const QString& reference);

struct DownloadProgress {
    qint64 bytes = 0;
    qint64 total = 0;
    bool isStartedOver = false;   // what was there before could not be gone on with
};

struct DownloadOptions {
    QByteArray sha256{};                            // in hex, as a person gave it; empty: what the server says of the file, if it does
    int tries = 6;                                  // that bring nothing, one after the other
    std::chrono::milliseconds firstPause{1000};     // before the second try; twice as long before each further one
    std::chrono::milliseconds patience{30'000};     // with a connection on which nothing comes
};

// Gets a model into the data folder and returns where it lies. What has come stays in NAME.partial, with notes about it in NAME.partial.json, when this is stopped, fails for
// the network's sake or is killed; the next call for the same address goes on from there if the server still has the same file (If-Range). The model has its name only when it is
// whole, has the right SHA-256 where one is known, is on the disk, and Octavo can use it.
// Threads: blocks the calling one, which needs no event loop of its own. A stop is seen within 100 ms.
Outcome<QString> downloadModel(const ModelAddress& address, const QString& dataDir, const DownloadOptions& options, const std::function<void(const DownloadProgress&)>& progressed,
                               const std::stop_token& stop);

} // namespace octavo::app
