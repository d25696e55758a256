// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "compute/backend.h"

namespace octavo {

// A backend that lies in a library of its own, loaded while the program runs: so that one build starts on machines without a GPU.
// The library has one C function, under kMakeBackend: a backend, or null and why not. Both sides are built together; kBackendInterface says so.
inline constexpr const char* kBackendInterface = "octavo backend 2, " __VERSION__;
inline constexpr const char* kMakeBackend = "octavo_make_backend";
using MakeBackend = Backend*(const char* interface, std::string& whyNot);

// The CUDA backend, or a short technical reason why there is none: "no NVIDIA driver". Looks for liboctavo_cuda.so beside the program, in ../lib, and
// where the system looks for libraries; only where a driver is installed, since CUDA's libraries are large.
std::variant<std::unique_ptr<Backend>, std::string> loadCudaBackend();

bool hasGpuDriver();

} // namespace octavo
