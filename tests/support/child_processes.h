// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace octavo::test {

// How many processes this one has started that are still there, those included that have ended and that nobody has waited for.
inline int childProcesses()
{
    int children = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "stat");
        std::string line;
        if (!std::getline(file, line))
            continue;
        // "pid (name) state parent …", where a name may hold anything
        char state = 0;
        int parent = 0;
        if (std::sscanf(line.c_str() + line.rfind(')') + 1, " %c %d", &state, &parent) == 2 && parent == ::getpid())
            ++children;
    }
    return children;
}

} // namespace octavo::test
