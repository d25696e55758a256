// SPDX-License-Identifier: Apache-2.0
#include "compute/plugin.h"

#include <cstring>

#include "compute/cuda/cuda_backend.h"

namespace octavo {

extern "C" __attribute__((visibility("default"))) Backend* octavo_make_backend(const char* interface, std::string& whyNot)
{
    if (std::strcmp(interface, kBackendInterface) != 0) {
        whyNot = "the CUDA part is of another Octavo";
        return nullptr;
    }
    try {
        return new cuda::CudaBackend(0);
    } catch (const std::exception& failure) { // nothing may pass a C function
        whyNot = failure.what();
        return nullptr;
    }
}

} // namespace octavo
