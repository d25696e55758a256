// SPDX-License-Identifier: Apache-2.0
// Matrix products of four warps together, as Hopper GPUs (compute capability 9.0) have them and no other (PTX ISA, wgmma). Factors lie in shared memory,
// the second always, and are named by descriptors; sums are in registers: of [64][n] warp w has rows 16·w to 16·w + 15, each lane as in multiplyTile(),
// d[4·i…4·i + 3] for columns 8·i to 8·i + 7. Products are queued: registers and memory that they use must not be touched until awaitProducts().
#pragma once

#include "compute/cuda/device.cuh"

namespace octavo::cuda {

// Rows of 64 halves, 128 bytes, in shared memory that begins at a multiple of 1024 bytes: the 16-byte pieces of a row stand in an order that depends on
// the row, so that neither rows nor columns fall into one bank.
constexpr int kSwizzledRow = 64;
OCTAVO_HD int swizzled(int row, int piece) { return row * kSwizzledRow + (piece ^ row % 8) * 8; } // in halves

} // namespace octavo::cuda

#ifdef OCTAVO_CUDA_EMULATED
#include "support/cuda_group_emulator.h"
#else

namespace octavo::cuda {

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define OCTAVO_HAS_GROUPS 1
#else
#define OCTAVO_HAS_GROUPS 0
#endif

// `leading`: bytes from one group of 64 columns to the next, where rows are summed over; `stride`: from eight rows to the next eight.
OCTAVO_DEVICE std::uint64_t describe(const __half* shared, std::uint32_t leading, std::uint32_t stride)
{
    const auto address = static_cast<std::uint64_t>(__cvta_generic_to_shared(shared));
    return (address & 0x3FFFF) >> 4 | static_cast<std::uint64_t>(leading >> 4) << 16 | static_cast<std::uint64_t>(stride >> 4) << 32 | std::uint64_t{1} << 62;
}

#if OCTAVO_HAS_GROUPS
OCTAVO_DEVICE void beginProducts() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
OCTAVO_DEVICE void commitProducts() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
template <int kPending>
OCTAVO_DEVICE void awaitProducts()
{
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}
// What was copied into shared memory is seen by products that are queued after the block's next barrier.
OCTAVO_DEVICE void showCopies() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

#define OCTAVO_REGISTERS_32(d) \
    "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]), \
    "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15]), \
    "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]), "+f"(d[21]), "+f"(d[22]), "+f"(d[23]), \
    "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]), "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31])
#define OCTAVO_REGISTERS_64(d) \
    "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]), \
    "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15]), \
    "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]), "+f"(d[21]), "+f"(d[22]), "+f"(d[23]), \
    "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]), "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31]), \
    "+f"(d[32]), "+f"(d[33]), "+f"(d[34]), "+f"(d[35]), "+f"(d[36]), "+f"(d[37]), "+f"(d[38]), "+f"(d[39]), \
    "+f"(d[40]), "+f"(d[41]), "+f"(d[42]), "+f"(d[43]), "+f"(d[44]), "+f"(d[45]), "+f"(d[46]), "+f"(d[47]), \
    "+f"(d[48]), "+f"(d[49]), "+f"(d[50]), "+f"(d[51]), "+f"(d[52]), "+f"(d[53]), "+f"(d[54]), "+f"(d[55]), \
    "+f"(d[56]), "+f"(d[57]), "+f"(d[58]), "+f"(d[59]), "+f"(d[60]), "+f"(d[61]), "+f"(d[62]), "+f"(d[63])

// d (+)= a [64][16] · b [n][16]ᵀ, both with the sum along their rows.
OCTAVO_DEVICE void multiplyGroup(float (&d)[64], std::uint64_t a, std::uint64_t b, bool add)
{
    asm volatile("{.reg .pred p; setp.ne.b32 p, %66, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16 "
                 "{%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,"
                 "%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31,"
                 "%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,"
                 "%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63}, "
                 "%64, %65, p, 1, 1, 0, 0;}"
                 : OCTAVO_REGISTERS_64(d)
                 : "l"(a), "l"(b), "r"(static_cast<int>(add)));
}

// d += a [64][16] · b [16][n]: a as in multiplyTile(), for each warp its rows; b with the sum over its rows.
OCTAVO_DEVICE void multiplyGroup(float (&d)[64], const std::uint32_t (&a)[4], std::uint64_t b)
{
    asm volatile("wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16 "
                 "{%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,"
                 "%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31,"
                 "%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,"
                 "%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63}, "
                 "{%64,%65,%66,%67}, %68, 1, 1, 1, 1;"
                 : OCTAVO_REGISTERS_64(d)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}
OCTAVO_DEVICE void multiplyGroup(float (&d)[32], const std::uint32_t (&a)[4], std::uint64_t b)
{
    asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 "
                 "{%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,"
                 "%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31}, "
                 "{%32,%33,%34,%35}, %36, 1, 1, 1, 1;"
                 : OCTAVO_REGISTERS_32(d)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}
#endif

} // namespace octavo::cuda
#endif
