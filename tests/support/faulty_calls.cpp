// SPDX-License-Identifier: Apache-2.0
#include "support/faulty_calls.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <mutex>
#include <set>
#include <string>

namespace octavo::test {
namespace {

using Fault = FaultyCalls::Fault;
using Calls = FaultyCalls::Calls;

// What the calls below look at: a replaced function has no other way to know.
struct Plan {
    std::mutex lock;
    bool active = false;
    std::string folder;
    Calls calls = Calls::Writing;
    Fault fault = Fault::DiskError;
    long left = 0;             // calls before the faulty one
    std::set<int> descriptors; // of files below the folder
};

Plan& plan()
{
    static Plan thePlan;
    return thePlan;
}

enum class What { Go, Fail, Halve };

// What is to become of a call of this kind. `interruptible`: EINTR is an answer its caller must expect.
What decide(Calls kind, bool interruptible)
{
    Plan& p = plan();
    if (kind != p.calls)
        return What::Go;
    if (p.left-- != 0)
        return What::Go;
    switch (p.fault) {
    case Fault::DiskError: errno = EIO; return What::Fail;
    case Fault::DiskFull: errno = ENOSPC; return What::Fail;
    case Fault::Interrupted: errno = EINTR; return interruptible ? What::Fail : What::Go;
    case Fault::Short: return What::Halve;
    case Fault::Death: ::_exit(FaultyCalls::kDied);
    }
    return What::Go;
}

What decideAt(int descriptor, Calls kind, bool interruptible)
{
    Plan& p = plan();
    const std::lock_guard hold(p.lock);
    return p.active && p.descriptors.contains(descriptor) ? decide(kind, interruptible) : What::Go;
}

bool isBelow(const char* path)
{
    Plan& p = plan();
    return p.active && std::string(path).starts_with(p.folder);
}

template <class Function>
Function original(const char* name)
{
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

} // namespace

FaultyCalls::FaultyCalls(const std::filesystem::path& folder, Calls calls, Fault fault, long failing)
{
    Plan& p = plan();
    const std::lock_guard hold(p.lock);
    p.active = true;
    p.folder = folder.string();
    p.calls = calls;
    p.fault = fault;
    p.left = failing;
    p.descriptors.clear();
}

FaultyCalls::~FaultyCalls()
{
    const std::lock_guard hold(plan().lock);
    plan().active = false;
}

bool FaultyCalls::happened() const { return plan().left < 0; }

} // namespace octavo::test

using namespace octavo::test;

extern "C" {

int open(const char* path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    static const auto real = original<int (*)(const char*, int, ...)>("open");
    const std::lock_guard hold(plan().lock);
    if (!isBelow(path))
        return real(path, flags, mode);
    const What what = decide((flags & O_ACCMODE) == O_RDONLY ? Calls::Reading : Calls::Writing, false);
    if (what == What::Fail)
        return -1;
    const int descriptor = real(path, flags, mode);
    if (descriptor >= 0)
        plan().descriptors.insert(descriptor);
    return descriptor;
}

int close(int descriptor)
{
    static const auto real = original<int (*)(int)>("close");
    {
        const std::lock_guard hold(plan().lock);
        plan().descriptors.erase(descriptor);
    }
    return real(descriptor);
}

ssize_t write(int descriptor, const void* data, size_t size)
{
    static const auto real = original<ssize_t (*)(int, const void*, size_t)>("write");
    switch (decideAt(descriptor, Calls::Writing, true)) {
    case What::Fail: return -1;
    case What::Halve: return real(descriptor, data, (size + 1) / 2);
    case What::Go: break;
    }
    return real(descriptor, data, size);
}

int ftruncate(int descriptor, off_t size)
{
    static const auto real = original<int (*)(int, off_t)>("ftruncate");
    return decideAt(descriptor, Calls::Writing, false) == What::Fail ? -1 : real(descriptor, size);
}

int flock(int descriptor, int operation)
{
    static const auto real = original<int (*)(int, int)>("flock");
    return decideAt(descriptor, Calls::Writing, false) == What::Fail ? -1 : real(descriptor, operation);
}

int rename(const char* from, const char* to) noexcept
{
    static const auto real = original<int (*)(const char*, const char*)>("rename");
    What what = What::Go;
    {
        const std::lock_guard hold(plan().lock);
        if (isBelow(to))
            what = decide(Calls::Writing, false);
    }
    return what == What::Fail ? -1 : real(from, to);
}

ssize_t pread(int descriptor, void* data, size_t size, off_t offset)
{
    static const auto real = original<ssize_t (*)(int, void*, size_t, off_t)>("pread");
    switch (decideAt(descriptor, Calls::Reading, true)) {
    case What::Fail: return -1;
    case What::Halve: return real(descriptor, data, (size + 1) / 2, offset);
    case What::Go: break;
    }
    return real(descriptor, data, size, offset);
}

void* mmap(void* address, size_t size, int protection, int flags, int descriptor, off_t offset) noexcept
{
    static const auto real = original<void* (*)(void*, size_t, int, int, int, off_t)>("mmap");
    if (descriptor >= 0 && decideAt(descriptor, Calls::Reading, false) == What::Fail)
        return MAP_FAILED;
    return real(address, size, protection, flags, descriptor, offset);
}

// Names no file: all of them are the one mapped, while there is a plan.
int madvise(void* address, size_t size, int advice) noexcept
{
    static const auto real = original<int (*)(void*, size_t, int)>("madvise");
    if (advice == MADV_POPULATE_READ) {
        const std::lock_guard hold(plan().lock);
        if (plan().active && decide(Calls::Reading, false) == What::Fail)
            return -1;
    }
    return real(address, size, advice);
}

} // extern "C"
