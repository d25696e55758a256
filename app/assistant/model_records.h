// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assistant/book_engine.h"
#include "library/library.h"

namespace octavo::app {

// What a library remembers of models between runs: which hash and device a file was opened with, and how fast it reads on this machine.
// Lifetime: the library outlives it.
class ModelRecords {
public:
    explicit ModelRecords(Library& library) : m_library(library) {}

    Outcome<void> opened(const EngineModel& model);
    // A model of which only the head is open, with hash and device as of when it was last opened; without, if its file is new or has changed.
    Outcome<EngineModel> recognized(EngineModel head);

    Outcome<double> tokensPerSecond(const EngineModel& model);   // 0 if it has not been measured
    void storeSpeed(const EngineModel& model, double tokensPerSecond);   // within Library::write

private:
    Library& m_library;
};

} // namespace octavo::app
