// SPDX-License-Identifier: Apache-2.0
// Runs CUDA kernels on a CPU, block after block, for tests of their arithmetic where there is no GPU. The threads of a block are fibres that take
// turns; instructions of a warp wait for all its lanes. Asynchronous copies land only when they are awaited, so that a kernel that does not
// wait sees old bytes. Not found here: races between threads that run at once (compute-sanitizer finds those on a GPU), and approximate functions.
//
//   g++ -DOCTAVO_CUDA_EMULATED …        emulate(grid, threads, sharedBytes, [&] { kernel(arguments…); });
#pragma once

#include <ucontext.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include <cuda_fp16.h>
#include <vector_types.h>

#define OCTAVO_HD inline
#define OCTAVO_DEVICE inline
#define OCTAVO_KERNEL(maxThreads, minBlocks) inline void
#undef __launch_bounds__
#define threadIdx (::octavo::cuda::EmulatedBlock::current().thread())
#define blockIdx (::octavo::cuda::EmulatedBlock::current().block())
#define blockDim (::octavo::cuda::EmulatedBlock::current().threads())
#define gridDim (::octavo::cuda::EmulatedBlock::current().grid())

namespace octavo::cuda {

class EmulatedBlock {
public:
    static EmulatedBlock& current() { return *running(); }

    EmulatedBlock(dim3 grid, unsigned threads, std::size_t sharedBytes, const std::function<void()>& kernel)
        : m_grid(grid), m_threads(threads), m_shared(new (kSharedAlignment) std::byte[sharedBytes + 1], Free()), m_sharedBytes(sharedBytes),
          m_kernel(kernel), m_fibres(threads), m_warps(threads / 32)
    {
        if (threads % 32 != 0)
            throw std::invalid_argument("whole warps only");
        for (Fibre& fibre : m_fibres)
            fibre.stack.reset(new char[kStackBytes]);
    }

    void run(dim3 block)
    {
        m_block = block;
        std::memset(m_shared.get(), 0xFF, m_sharedBytes); // not-a-numbers, for who reads what was not written
        m_atBarrier = m_done = 0;
        running() = this;
        for (unsigned n = 0; n < m_threads; ++n) {
            Fibre& fibre = m_fibres[n];
            fibre.done = false;
            fibre.copies.clear();
            getcontext(&fibre.context);
            fibre.context.uc_stack = {fibre.stack.get(), 0, kStackBytes};
            fibre.context.uc_link = &m_scheduler;
            makecontext(&fibre.context, &EmulatedBlock::enter, 0);
        }
        while (m_done < m_threads)
            for (m_thread = 0; m_thread < m_threads; ++m_thread)
                if (!m_fibres[m_thread].done)
                    swapcontext(&m_scheduler, &m_fibres[m_thread].context);
        running() = nullptr;
    }

    dim3 thread() const { return {m_thread, 0, 0}; }
    dim3 block() const { return m_block; }
    dim3 threads() const { return {m_threads, 1, 1}; }
    dim3 grid() const { return m_grid; }
    std::byte* shared() { return m_shared.get(); }

    void yield() { swapcontext(&m_fibres[m_thread].context, &m_scheduler); }

    void barrier()
    {
        const unsigned generation = m_generation;
        if (++m_atBarrier == m_threads - m_done) {
            m_atBarrier = 0;
            ++m_generation;
        }
        while (m_generation == generation)
            yield();
    }

    // Every lane of a warp gives a value; all get all.
    template <class T>
    const T* gather(const T& value)
    {
        static_assert(sizeof(T) <= kExchangeBytes && std::is_trivially_copyable_v<T>);
        Warp& warp = m_warps[m_thread / 32];
        const unsigned turn = warp.turn[m_thread % 32]++ % 2; // two sides, so that a fast lane does not overwrite what a slow one reads
        T* side = reinterpret_cast<T*>(warp.bytes[turn]);
        side[m_thread % 32] = value;
        const unsigned generation = warp.generation;
        if (++warp.arrived == 32) {
            warp.arrived = 0;
            ++warp.generation;
        }
        while (warp.generation == generation)
            yield();
        return side;
    }

    struct Copy {
        void* to;
        const void* from; // null: zeros
    };
    void copyLater(const Copy& copy)
    {
        auto& groups = m_fibres[m_thread].copies;
        if (groups.empty() || groups.back().committed)
            groups.push_back({});
        groups.back().copies.push_back(copy);
    }
    void commit()
    {
        auto& groups = m_fibres[m_thread].copies;
        if (groups.empty() || groups.back().committed)
            groups.push_back({}); // an empty group counts
        groups.back().committed = true;
    }
    void await(std::size_t pending)
    {
        auto& groups = m_fibres[m_thread].copies;
        while (groups.size() > pending && groups.front().committed) {
            for (const Copy& copy : groups.front().copies)
                copy.from ? void(std::memcpy(copy.to, copy.from, 16)) : void(std::memset(copy.to, 0, 16));
            groups.pop_front();
        }
    }

private:
    static constexpr std::align_val_t kSharedAlignment{1024};
    static constexpr std::size_t kStackBytes = 64 * 1024;
    static constexpr std::size_t kExchangeBytes = 64;
    struct Free {
        void operator()(std::byte* data) const { ::operator delete[](data, kSharedAlignment); }
    };
    struct CopyGroup {
        std::vector<Copy> copies;
        bool committed = false;
    };
    struct Fibre {
        ucontext_t context;
        std::unique_ptr<char[]> stack;
        std::deque<CopyGroup> copies;
        bool done = false;
    };
    struct Warp {
        unsigned arrived = 0;
        unsigned generation = 0;
        unsigned turn[32] = {};
        alignas(16) std::byte bytes[2][32 * kExchangeBytes];
    };

    static EmulatedBlock*& running()
    {
        thread_local EmulatedBlock* block = nullptr;
        return block;
    }
    static void enter()
    {
        EmulatedBlock& block = current();
        block.m_kernel();
        block.m_fibres[block.m_thread].done = true;
        ++block.m_done;
    }

    dim3 m_grid;
    unsigned m_threads;
    std::unique_ptr<std::byte[], Free> m_shared;
    std::size_t m_sharedBytes;
    const std::function<void()>& m_kernel;
    std::vector<Fibre> m_fibres;
    std::vector<Warp> m_warps;
    ucontext_t m_scheduler;
    dim3 m_block;
    unsigned m_thread = 0;
    unsigned m_atBarrier = 0;
    unsigned m_generation = 0;
    unsigned m_done = 0;
};

// One launch: kernel() once for each thread of each block.
inline void emulate(dim3 grid, unsigned threads, std::size_t sharedBytes, const std::function<void()>& kernel)
{
    EmulatedBlock block(grid, threads, sharedBytes, kernel);
    for (unsigned z = 0; z < grid.z; ++z)
        for (unsigned y = 0; y < grid.y; ++y)
            for (unsigned x = 0; x < grid.x; ++x)
                block.run({x, y, z});
}

inline std::byte* sharedMemory() { return EmulatedBlock::current().shared(); }
inline void syncBlock() { EmulatedBlock::current().barrier(); }
inline void syncWarp() { EmulatedBlock::current().gather(0); }

template <class T>
T exchange(T value, int laneMask)
{
    return EmulatedBlock::current().gather(value)[threadIdx.x % 32 ^ static_cast<unsigned>(laneMask)];
}

inline float emulatedHalf(std::uint32_t bits, unsigned n)
{
    return __half2float(__ushort_as_half(static_cast<unsigned short>(n ? bits >> 16 : bits & 0xFFFF)));
}

inline void multiplyTile(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1)
{
    struct Operands {
        std::uint32_t a[4], b[2];
    };
    const Operands* lanes = EmulatedBlock::current().gather(Operands{{a[0], a[1], a[2], a[3]}, {b0, b1}});
    const unsigned lane = threadIdx.x % 32, r = lane / 4, j = 2 * (lane % 4);
    for (unsigned n = 0; n < 4; ++n) {
        const unsigned row = r + 8 * (n / 2), column = j + n % 2;
        double sum = 0;
        for (unsigned k = 0; k < 16; ++k) {
            const Operands& ofA = lanes[row % 8 * 4 + k % 8 / 2];
            const Operands& ofB = lanes[column * 4 + k % 8 / 2];
            sum += static_cast<double>(emulatedHalf(ofA.a[row / 8 + 2 * (k / 8)], k % 2)) * emulatedHalf(ofB.b[k / 8], k % 2);
        }
        c[n] = static_cast<float>(c[n] + sum);
    }
}

inline void emulatedLoadTiles(std::uint32_t (&r)[4], const __half* row, bool transposed)
{
    const __half* const* rows = EmulatedBlock::current().gather(row);
    const unsigned lane = threadIdx.x % 32;
    for (unsigned n = 0; n < 4; ++n) {
        unsigned short halves[2];
        for (unsigned i = 0; i < 2; ++i) {
            const unsigned pair = 2 * (lane % 4) + i;
            halves[i] = __half_as_ushort(transposed ? rows[8 * n + pair][lane / 4] : rows[8 * n + lane / 4][pair]);
        }
        r[n] = halves[0] | static_cast<std::uint32_t>(halves[1]) << 16;
    }
    EmulatedBlock::current().gather(0); // all have read before anyone goes on to write
}
inline void loadTiles(std::uint32_t (&r)[4], const __half* row) { emulatedLoadTiles(r, row, false); }
inline void loadTilesTransposed(std::uint32_t (&r)[4], const __half* row) { emulatedLoadTiles(r, row, true); }

inline void copyAsync(void* shared, const void* global, bool valid)
{
    if ((reinterpret_cast<std::uintptr_t>(shared) | reinterpret_cast<std::uintptr_t>(global)) % 16 != 0)
        throw std::logic_error("a copy that a GPU would refuse: not at a multiple of 16 bytes");
    EmulatedBlock::current().copyLater({shared, valid ? global : nullptr});
}
inline void commitCopies() { EmulatedBlock::current().commit(); }
template <int kPending>
void awaitCopies()
{
    EmulatedBlock::current().await(kPending);
}

inline void prefetch(const void*) {}

inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline float exp2Fast(float x) { return std::exp2(x); }

inline int dotQuads(int a, int b, int sum)
{
    for (int n = 0; n < 4; ++n)
        sum += static_cast<int>(static_cast<signed char>(a >> 8 * n)) * static_cast<signed char>(b >> 8 * n);
    return sum;
}
inline std::uint32_t pickBytes(std::uint32_t low, std::uint32_t high, std::uint32_t selector)
{
    const std::uint64_t bytes = low | static_cast<std::uint64_t>(high) << 32;
    std::uint32_t picked = 0;
    for (unsigned n = 0; n < 4; ++n)
        picked |= static_cast<std::uint32_t>(bytes >> 8 * (selector >> 4 * n & 7) & 0xFF) << 8 * n;
    return picked;
}

} // namespace octavo::cuda
