// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "octavo/engine/result.h"

namespace octavo {

// Whatever is wrong inside a file, a person needs to know which file it was.
inline Error inFile(const std::filesystem::path& path, Error error)
{
    if (error.subject == path.string())
        return error;
    error.detail = error.subject + (error.detail.empty() ? "" : " " + error.detail);
    error.subject = path.string();
    return error;
}

} // namespace octavo
