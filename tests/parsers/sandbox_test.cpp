// SPDX-License-Identifier: Apache-2.0
// What a parser that a file has taken over could try, in a process that has given up its rights. Each attempt is one that works before.
#include "sandbox.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_folder.h"

namespace octavo::parsers {
namespace {

enum Answer { Refused = 10, Allowed, NoSandbox };

// Tries something in a process of its own. True: it worked.
using Attempt = std::function<bool()>;

int statusOf(const std::function<int()>& child)
{
    const pid_t process = ::fork();
    if (process == 0)
        ::_exit(child());
    int status = 0;
    ::waitpid(process, &status, 0);
    return status;
}

int answerTo(const Attempt& attempt, const SandboxLimits& limits = {})
{
    const int status = statusOf([&] {
        if (!enterSandbox(limits))
            return int(NoSandbox);
        return int(attempt() ? Allowed : Refused);
    });
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool worksOutside(const Attempt& attempt)
{
    const int status = statusOf([&] { return int(attempt() ? Allowed : Refused); });
    return WIFEXITED(status) && WEXITSTATUS(status) == Allowed;
}

class Sandbox : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (answerTo([] { return true; }) == NoSandbox)
            GTEST_SKIP() << "this kernel has no seccomp";
        std::FILE* const file = std::fopen(path("there").c_str(), "w");
        ASSERT_TRUE(file && std::fputs("words", file) >= 0 && std::fclose(file) == 0);
    }

    std::string path(const char* name) const { return (m_folder / name).string(); }

    struct Row {
        const char* what;
        Attempt attempt;
    };
    static void expectRefused(const std::vector<Row>& rows)
    {
        for (const Row& row : rows) {
            EXPECT_TRUE(worksOutside(row.attempt)) << row.what << " is nothing that works anyway";
            EXPECT_EQ(answerTo(row.attempt), Refused) << row.what;
        }
    }

    const test::TemporaryFolder m_folder;
};

bool opens(const std::string& path, int flags) { return ::open(path.c_str(), flags, 0600) >= 0; }

TEST_F(Sandbox, NothingIsWritten)
{
    expectRefused({
        {"open a file to write", [&] { return opens(path("there"), O_WRONLY); }},
        {"open a file to read and write", [&] { return opens(path("there"), O_RDWR); }},
        {"open a file to append", [&] { return opens(path("there"), O_WRONLY | O_APPEND); }},
        {"make a file", [&] { return opens(path("new"), O_RDONLY | O_CREAT); }},
        {"empty a file", [&] { return opens(path("there"), O_RDONLY | O_TRUNC); }},
        {"make a file without a name", [&] { return opens(m_folder.path().string(), O_TMPFILE | O_WRONLY); }},
        {"creat()", [&] { return ::syscall(SYS_creat, path("new").c_str(), 0600) >= 0; }},
        {"openat2()", [&] {
            const std::uint64_t how[3] = {O_RDONLY, 0, 0};
            return ::syscall(SYS_openat2, AT_FDCWD, path("there").c_str(), how, sizeof how) >= 0;
        }},
        {"truncate a file", [&] { return ::truncate(path("there").c_str(), 5) == 0; }},
        {"make a folder", [&] { return ::mkdir(path("folder").c_str(), 0700) == 0 && ::rmdir(path("folder").c_str()) == 0; }},
        {"rename a file", [&] { return ::rename(path("there").c_str(), path("there").c_str()) == 0; }},
        {"link a file", [&] { return ::link(path("there").c_str(), path("link").c_str()) == 0 && ::unlink(path("link").c_str()) == 0; }},
        {"change who may read a file", [&] { return ::chmod(path("there").c_str(), 0600) == 0; }},
        {"make a file in memory", [] { return ::memfd_create("x", 0) >= 0; }},
    });
    EXPECT_EQ(answerTo([&] { return ::unlink(path("there").c_str()) == 0; }), Refused);
    EXPECT_TRUE(std::filesystem::exists(path("there")));
}

TEST_F(Sandbox, NobodyIsSpokenTo)
{
    expectRefused({
        {"a socket of the network", [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
        {"a socket of this machine", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
        {"a pair of sockets", [] {
            int both[2];
            return ::socketpair(AF_UNIX, SOCK_STREAM, 0, both) == 0;
        }},
        {"a pipe", [] {
            int both[2];
            return ::pipe(both) == 0;
        }},
    });
}

TEST_F(Sandbox, NoOtherProcessIsStartedOrTouched)
{
    expectRefused({
        {"fork()", [] {
            const pid_t process = ::fork();
            if (process == 0)
                ::_exit(0);
            return process > 0;
        }},
        {"clone3()", [] {
            std::uint64_t how[8] = {0, 0, 0, 0, SIGCHLD, 0, 0, 0};
            const long process = ::syscall(SYS_clone3, how, sizeof how);
            if (process == 0)
                ::_exit(0);
            return process > 0;
        }},
        {"ptrace()", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }},
        {"a signal to its parent", [] { return ::kill(::getppid(), 0) == 0; }},
        {"a signal to a thread of its parent", [] { return ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0) == 0; }},
        {"a signal by a file's owner", [] { return ::fcntl(STDIN_FILENO, F_SETOWN, ::getppid()) == 0; }},
        {"the limits of its parent", [] {
            rlimit limits{};
            return ::prlimit(::getppid(), RLIMIT_CORE, nullptr, &limits) == 0;
        }},
    });
    EXPECT_EQ(answerTo([] { return ::execl("/bin/true", "true", nullptr) != -1; }), Refused);
}

TEST_F(Sandbox, TheSandboxStays)
{
    EXPECT_EQ(answerTo([] { return enterSandbox({}); }), Refused);
    EXPECT_EQ(answerTo([] {
        const rlimit more{RLIM_INFINITY, RLIM_INFINITY};
        rlimit now{};
        return ::setrlimit(RLIMIT_CPU, &more) == 0 && ::getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_cur == RLIM_INFINITY;
    }), Refused);
}

TEST_F(Sandbox, WhatAParserNeedsWorks)
{
    EXPECT_EQ(answerTo([&] {
        char word[5];
        const int file = ::open(path("there").c_str(), O_RDONLY | O_CLOEXEC);
        return file >= 0 && ::read(file, word, sizeof word) == 5 && ::close(file) == 0;
    }), Allowed);
    EXPECT_EQ(answerTo([] {
        const std::unique_ptr<char[]> memory(new char[64 << 20]);
        std::fill_n(memory.get(), 64 << 20, 'x');
        return memory[1] == 'x' && ::write(STDOUT_FILENO, "", 0) == 0;
    }), Allowed);
    EXPECT_EQ(answerTo([] { return ::raise(SIGABRT) == 0; }), -SIGABRT);   // it may die as it likes
}

TEST_F(Sandbox, MemoryAndTimeEnd)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    SandboxLimits little;
    little.memoryBytes = std::size_t(256) << 20;
    const auto takes = [](std::size_t bytes) { return ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED; };
    EXPECT_EQ(answerTo([&] { return takes(std::size_t(512) << 20); }, little), Refused);
    EXPECT_EQ(answerTo([&] { return takes(std::size_t(512) << 20); }), Allowed);
#endif
    SandboxLimits brief;
    brief.processorSeconds = 1;
    EXPECT_EQ(answerTo([] {
        for (volatile unsigned turns = 0;;)
            turns = turns + 1;
        return true;
    }, brief), -SIGKILL);
}

} // namespace
} // namespace octavo::parsers
