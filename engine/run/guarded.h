// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <new>
#include <stdexcept>

#include "compute/backend.h"
#include "octavo/engine/result.h"

namespace octavo {

// What memory and devices throw, as values: `work` returns a Result; `noMemory` is what it means for it that the host's memory is used up.
template <class Work>
auto guarded(const Error& noMemory, const Work& work) -> decltype(work())
{
    try {
        return work();
    } catch (const OutOfDeviceMemory& full) {
        return Error{Errc::OutOfMemory, "GPU", {}, full.needed, full.room};
    } catch (const std::bad_alloc&) {
        return noMemory;
    } catch (const std::runtime_error& failure) { // DeviceFailure: by its base, for it comes out of another library
        return Error{Errc::DeviceFailed, "GPU", failure.what()};
    }
}

} // namespace octavo
