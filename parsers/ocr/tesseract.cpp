// SPDX-License-Identifier: Apache-2.0
#include "ocr/tesseract.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/resource.h>
#include <unistd.h>

#include "sandbox.h"

namespace octavo::parsers {

namespace {

// A dense page of 8.7 megapixels (Letter at 300 dpi, scans/columns.pdf) took 112 MB and 2.7 s of a core.
constexpr SandboxLimits kLimits{.memoryBytes = std::size_t(2) << 30, .processorSeconds = 180, .mayExecute = true};

} // namespace

int becomeTesseract(char** arguments)
{
    lseek(STDIN_FILENO, 0, SEEK_SET);     // whoever wrote the picture left it at its end
    setenv("OMP_THREAD_LIMIT", "1", 1);   // pages are read at once instead, which wastes nothing on waiting
    setenv("LC_ALL", "C", 1);
    const rlimit nothing{0, 0};
    setrlimit(RLIMIT_FSIZE, &nothing);    // also where the kernel has no seccomp
    std::signal(SIGXFSZ, SIG_IGN);        // what it grumbles about may go to a file, and is then not written
    enterSandbox(kLimits);
    execv(arguments[0], arguments);
    std::perror(arguments[0]);
    return EXIT_FAILURE;
}

} // namespace octavo::parsers
