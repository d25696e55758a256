// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>

namespace octavo::cpu {
namespace {

TEST(ThreadPool, WhatATaskThrowsComesBackOnceAllAreDone)
{
    for (const int threads : {1, 2, 5}) {
        ThreadPool pool(threads);
        for (int round = 0; round < 200; ++round) {
            std::atomic<int> running{0};
            EXPECT_THROW(pool.forEach(100, {}, [&](std::size_t index, std::size_t) {
                ++running;
                if (index % 7 == 3) {
                    --running;
                    throw std::bad_alloc();
                }
                --running;
            }), std::bad_alloc);
            EXPECT_EQ(running, 0) << "nobody uses what the caller is about to give up";
            std::atomic<int> done{0};
            pool.forEach(100, {}, [&](std::size_t, std::size_t) { ++done; });
            EXPECT_EQ(done, 100) << "the next round knows nothing of it";
        }
    }
}

} // namespace
} // namespace octavo::cpu
