// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "documents/document_loader.h"
#include "library/library.h"
#include "octavo/app/assistant.h"

namespace octavo::app {

// Loads documents, their scans by Tesseract where that is wanted and installed, and remembers how long pages take on this machine.
// Threads: one at a time. Lifetime: the library outlives it.
class ScanReader {
public:
    // So many pages at once; 0: one per core.
    ScanReader(Library& library, int threads);

    const std::optional<Tesseract>& tesseract();   // asked once
    // Installed ones or a sentence; empty: those that are likely.
    Outcome<QString> languages(const QString& wanted) { return languagesFor(tesseract(), wanted); }
    // With `languages` that are installed; empty: scans stay unread. Where nothing but scans is in a file, the failure says how they can be read.
    Outcome<Document> load(const QString& path, const QString& languages, const LoadProgressed& progress, const std::stop_token& stop);
    double secondsFor(int pages);                  // roughly
    // What can be done for a file or folder of which `scans` of `pages` are pictures.
    ScannedPages offerFor(const QString& path, int scans, int pages);

private:
    Library& m_library;
    int m_threads;
    bool m_asked = false;
    std::optional<Tesseract> m_tesseract;
};

} // namespace octavo::app
