// SPDX-License-Identifier: Apache-2.0
// Products of four warps (engine/compute/cuda/group_products.cuh) under the emulator. Descriptors are taken by their meaning in the PTX ISA: a start, two
// distances, and pieces of 16 bytes swapped by bits of the address. Products are done at once.
#pragma once

#include "support/cuda_emulator.h"

#define OCTAVO_HAS_GROUPS 1

namespace octavo::cuda {

inline std::uint64_t describe(const __half* shared, std::uint32_t leading, std::uint32_t stride)
{
    const auto address = static_cast<std::uint64_t>(reinterpret_cast<const std::byte*>(shared) - sharedMemory());
    return address >> 4 | static_cast<std::uint64_t>(leading >> 4) << 16 | static_cast<std::uint64_t>(stride >> 4) << 32;
}
inline void beginProducts() {}
inline void commitProducts() {}
template <int kPending>
void awaitProducts()
{
}
inline void showCopies() {}

struct EmulatedMatrix {
    explicit EmulatedMatrix(std::uint64_t descriptor)
        : start((descriptor & 0x3FFF) << 4), leading((descriptor >> 16 & 0x3FFF) << 4), stride((descriptor >> 32 & 0x3FFF) << 4)
    {
    }
    static float at(std::uint64_t address)
    {
        address ^= (address >> 7 & 7) << 4;
        return __half2float(*reinterpret_cast<const __half*>(sharedMemory() + address));
    }
    float alongRows(unsigned row, unsigned k) const { return at(start + row / 8 * stride + row % 8 * 128 + k * 2); }
    float overRows(unsigned k, unsigned column) const { return at(start + column / 64 * leading + column % 64 * 2 + k / 8 * stride + k % 8 * 128); }
    std::uint64_t start, leading, stride;
};

template <int kSums>
void multiplyGroup(float (&d)[kSums], std::uint64_t a, std::uint64_t b, bool add)
{
    EmulatedBlock::current().gather(0);
    const EmulatedMatrix first(a), second(b);
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32 % 4;
    for (unsigned n = 0; n < kSums; ++n) {
        const unsigned row = 16 * warp + lane / 4 + 8 * (n % 4 / 2), column = n / 4 * 8 + 2 * (lane % 4) + n % 2;
        double sum = add ? d[n] : 0;
        for (unsigned k = 0; k < 16; ++k)
            sum += static_cast<double>(first.alongRows(row, k)) * second.alongRows(column, k);
        d[n] = static_cast<float>(sum);
    }
}

template <int kSums>
void multiplyGroup(float (&d)[kSums], const std::uint32_t (&a)[4], std::uint64_t b)
{
    struct Rows {
        std::uint32_t a[4];
    };
    const Rows* lanes = EmulatedBlock::current().gather(Rows{{a[0], a[1], a[2], a[3]}});
    const EmulatedMatrix second(b);
    const unsigned lane = threadIdx.x % 32;
    for (unsigned n = 0; n < kSums; ++n) {
        const unsigned half = n % 4 / 2, column = n / 4 * 8 + 2 * (lane % 4) + n % 2;
        double sum = d[n];
        for (unsigned k = 0; k < 16; ++k)
            sum += static_cast<double>(emulatedHalf(lanes[lane / 4 * 4 + k % 8 / 2].a[half + 2 * (k / 8)], k % 2)) * second.overRows(k, column);
        d[n] = static_cast<float>(sum);
    }
}

} // namespace octavo::cuda
