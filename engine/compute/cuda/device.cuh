// SPDX-License-Identifier: Apache-2.0
// What kernels use of the GPU beyond plain C++: matrix instructions, asynchronous copies, exchange within a warp. Compiled by g++ with
// OCTAVO_CUDA_EMULATED the same names come from tests/support/cuda_emulator.h, so that kernels run block by block on a CPU in tests.
#pragma once

#include <cuda_fp16.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef OCTAVO_CUDA_EMULATED
#include "support/cuda_emulator.h"
#else
#define OCTAVO_HD __host__ __device__ __forceinline__
#define OCTAVO_DEVICE __device__ __forceinline__
#define OCTAVO_KERNEL(maxThreads, minBlocks) static __global__ void __launch_bounds__(maxThreads, minBlocks)

namespace octavo::cuda {

// The block's dynamic shared memory; kernels have no other.
OCTAVO_DEVICE std::byte* sharedMemory()
{
    extern __shared__ __align__(128) std::byte bytes[];
    return bytes;
}

// c [16][8] += a [16][16] · b [16][8], halves multiplied, floats added (PTX ISA, mma.m16n8k16). Lane l holds, with r = l / 4 and j = 2·(l % 4):
//   a: (r, j…j+1), (r + 8, j…), (r, j + 8…), (r + 8, j + 8…)    b: (j…j+1, r), (j + 8…, r)    c: (r, j), (r, j + 1), (r + 8, j), (r + 8, j + 1)
OCTAVO_DEVICE void multiplyTile(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Four 8×8 matrices of halves from shared memory; lane l gives the address of row l % 8 of matrix l / 8. Of matrix n lane l gets
// (l / 4, 2·(l % 4)…+1), transposed (2·(l % 4)…+1, l / 4).
OCTAVO_DEVICE void loadTiles(std::uint32_t (&r)[4], const __half* row)
{
    const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(row));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address));
}
OCTAVO_DEVICE void loadTilesTransposed(std::uint32_t (&r)[4], const __half* row)
{
    const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(row));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address));
}

// 16 bytes to shared memory, done when awaitCopies says so; zeros where `valid` is false.
OCTAVO_DEVICE void copyAsync(void* shared, const void* global, bool valid)
{
    const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
    const int bytes = valid ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(global), "r"(bytes));
}
OCTAVO_DEVICE void commitCopies() { asm volatile("cp.async.commit_group;"); }
// Waits until at most `kPending` of this thread's last groups of copies are under way.
template <int kPending>
OCTAVO_DEVICE void awaitCopies()
{
    asm volatile("cp.async.wait_group %0;" ::"n"(kPending));
}

// Has the line at an address brought from memory to L2.
OCTAVO_DEVICE void prefetch(const void* global) { asm volatile("prefetch.global.L2 [%0];" ::"l"(global)); }

OCTAVO_DEVICE void syncBlock() { __syncthreads(); }
OCTAVO_DEVICE void syncWarp() { __syncwarp(); }

template <class T>
OCTAVO_DEVICE T exchange(T value, int laneMask)
{
    return __shfl_xor_sync(0xffffffffu, value, laneMask);
}

OCTAVO_DEVICE float exp2Fast(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

OCTAVO_DEVICE int dotQuads(int a, int b, int sum) { return __dp4a(a, b, sum); }
OCTAVO_DEVICE std::uint32_t pickBytes(std::uint32_t low, std::uint32_t high, std::uint32_t selector) { return __byte_perm(low, high, selector); }

} // namespace octavo::cuda
#endif

namespace octavo::cuda {

constexpr int kWarp = 32;
constexpr float kLog2e = 1.4426950408889634f;

// The same bits as another type.
template <class To, class From>
OCTAVO_HD To bitsAs(From from)
{
    static_assert(sizeof(To) == sizeof(From));
    To to;
    memcpy(static_cast<void*>(&to), &from, sizeof to);
    return to;
}
OCTAVO_HD std::uint32_t bitsOf(__half2 pair) { return bitsAs<std::uint32_t>(pair); }
OCTAVO_HD __half2 pairOf(std::uint32_t bits) { return bitsAs<__half2>(bits); }
// Two floats as halves, the first in the low bits.
OCTAVO_HD std::uint32_t packHalves(float low, float high) { return bitsOf(__floats2half2_rn(low, high)); }
OCTAVO_HD float2 unpackHalves(std::uint32_t bits) { return __half22float2(pairOf(bits)); }

// Halves end at 65504; what is larger would be infinity and, multiplied by nothing, not a number.
OCTAVO_HD float clampToHalf(float x) { return x > 65504.0f ? 65504.0f : x < -65504.0f ? -65504.0f : x; }

OCTAVO_DEVICE float sumOfWarp(float value)
{
    for (int mask = kWarp / 2; mask > 0; mask /= 2)
        value += exchange(value, mask);
    return value;
}
OCTAVO_DEVICE float maximumOfWarp(float value)
{
    for (int mask = kWarp / 2; mask > 0; mask /= 2) {
        const float other = exchange(value, mask);
        value = value > other ? value : other;
    }
    return value;
}

} // namespace octavo::cuda
