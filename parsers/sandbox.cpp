// SPDX-License-Identifier: Apache-2.0
#include "sandbox.h"

#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <seccomp.h>
#include <sys/resource.h>
#include <unistd.h>

namespace octavo::parsers {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsMemory = false;
#else
constexpr bool kLimitsMemory = true;
#endif

void limit(decltype(RLIMIT_AS) what, rlim_t to)
{
    const rlimit both{to, to};
    setrlimit(what, &both);   // lower ones that are in force already stay
}

// What memory, standard output, and reading files take. Everything else answers "not permitted", which libraries bear better than death.
constexpr int kAllowed[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat),
    SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(getdents64), SCMP_SYS(mmap), SCMP_SYS(munmap),
    SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getrandom), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(getrlimit), SCMP_SYS(uname),
    SCMP_SYS(sysinfo), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(arch_prctl),
};

// Of fcntl: what asks for no signal, which would go to any process.
constexpr scmp_datum_t kAllowedOfFcntl[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW};

bool forbidSystemCalls(bool mayExecute)
{
    const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
    if (!filter)
        return false;
    for (const int call : kAllowed)
        seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);   // those that this processor does not have fail, and need no rule
    for (const scmp_datum_t command : kAllowedOfFcntl)
        seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, command));
    // Itself alone: abort() sends a signal, and limits are asked for, not set.
    seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, scmp_datum_t(getpid())));
    seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0));
    if (mayExecute) {
        for (const int call : {SCMP_SYS(execve), SCMP_SYS(set_tid_address)})   // the second is how a program's C library begins
            seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
    }
    constexpr scmp_datum_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;
    seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, kWriting, 0));
    seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, 0));
    return seccomp_load(filter.get()) == 0;
}

} // namespace

bool enterSandbox(const SandboxLimits& limits)
{
    if (kLimitsMemory)
        limit(RLIMIT_AS, limits.memoryBytes);
    limit(RLIMIT_CPU, limits.processorSeconds);
    limit(RLIMIT_CORE, 0);
    return forbidSystemCalls(limits.mayExecute);
}

} // namespace octavo::parsers
