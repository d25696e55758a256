// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "compute/cuda/device.h"

// Declares `name`, the device that tests run on: the first GPU, without which the test says that it was skipped; or an emulated one, of which there are two:
// number 1 is like a Hopper.
#ifdef OCTAVO_CUDA_EMULATED
#define OCTAVO_NEEDS_DEVICE(name, number) ::octavo::cuda::Device name(number)
#else
#define OCTAVO_NEEDS_DEVICE(name, number)                                                                                                                        \
    int devices = 0;                                                                                                                                             \
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0)                                                                                             \
        GTEST_SKIP() << "no CUDA device";                                                                                                                        \
    static_cast<void>(number);                                                                                                                                   \
    ::octavo::cuda::Device name(0)
#endif
