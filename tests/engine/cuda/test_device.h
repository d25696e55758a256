// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "compute/cuda/device.h"

// Declares `name`, the device that tests run on: the emulated one, or the first GPU; without one the test says that it was skipped.
#ifdef OCTAVO_CUDA_EMULATED
#define OCTAVO_NEEDS_DEVICE(name) ::octavo::cuda::Device name(0)
#else
#define OCTAVO_NEEDS_DEVICE(name)                                                                                                                                \
    int devices = 0;                                                                                                                                             \
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0)                                                                                             \
        GTEST_SKIP() << "no CUDA device";                                                                                                                        \
    ::octavo::cuda::Device name(0)
#endif
