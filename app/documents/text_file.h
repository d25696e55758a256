// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>

#include "documents/text_decoder.h"

namespace octavo::app {

struct TextFile {
    DecodedText decoded;
    qint64 bytesOnDisk = 0;
};

enum class TextFileFault { Missing, NotAFile, Unreadable, Empty, TooLarge, Binary, Changed, Stopped };

// Reads and decodes one file. A binary file is given up after its head. `progress` gets the bytes newly read, at least once per MiB.
// A file that goes away or shrinks meanwhile is Changed or Missing: half a file must not pass for a whole one.
Expected<TextFile, TextFileFault> readTextFile(const std::filesystem::path& path, qint64 maxBytes,
                                               const std::function<void(qint64 newBytes)>& progress, const std::stop_token& stop);

} // namespace octavo::app
