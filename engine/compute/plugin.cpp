// SPDX-License-Identifier: Apache-2.0
#include "compute/plugin.h"

#include <dlfcn.h>

#include <filesystem>
#include <vector>

namespace octavo {

namespace {

constexpr const char* kDriver = "libcuda.so.1";
constexpr const char* kLibrary = "liboctavo_cuda.so";

// Never closed: the backend's code is in it.
void* open(const std::filesystem::path& file) { return dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL); }

std::filesystem::path programFolder()
{
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
}

} // namespace

bool hasGpuDriver() { return open(kDriver) != nullptr; }

std::variant<std::unique_ptr<Backend>, std::string> loadCudaBackend()
{
    if (!hasGpuDriver())
        return std::string("no NVIDIA driver");
    void* library = nullptr;
    std::string reason = std::string(kLibrary) + " is not installed";
    for (const std::filesystem::path& folder : {programFolder(), programFolder() / ".." / "lib", std::filesystem::path()}) {
        std::error_code ignored;
        if (!folder.empty() && !std::filesystem::exists(folder / kLibrary, ignored))
            continue;
        library = open(folder / kLibrary);
        if (library)
            break;
        if (!folder.empty())
            reason = dlerror(); // it is there, but not what it needs
    }
    if (!library)
        return reason;
    const auto make = reinterpret_cast<MakeBackend*>(dlsym(library, kMakeBackend));
    if (!make)
        return std::string(kLibrary) + " is of another Octavo";
    std::unique_ptr<Backend> backend(make(kBackendInterface, reason));
    if (!backend)
        return reason;
    return backend;
}

} // namespace octavo
