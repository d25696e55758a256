// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_files.h"

#include <fstream>

namespace octavo::app::cli {

Result<void> writeResults(const std::filesystem::path& folder, const std::vector<std::pair<std::string, std::string>>& files)
{
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);   // what is wrong shows when a file is written
    for (const auto& [name, bytes] : files) {
        const std::filesystem::path file = folder / name;
        std::ofstream out(file, std::ios::binary | std::ios::trunc);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.close();
        if (!out)
            return Error{Errc::WriteFailed, file.string(), {}};
    }
    return {};
}

} // namespace octavo::app::cli
