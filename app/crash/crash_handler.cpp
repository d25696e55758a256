// SPDX-License-Identifier: Apache-2.0
#include "crash/crash_handler.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QSysInfo>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <dlfcn.h>
#include <exception>
#include <execinfo.h>
#include <fcntl.h>
#include <iterator>
#include <sys/stat.h>
#include <type_traits>
#include <typeinfo>
#include <unistd.h>

#include "crash/build_id.h"
#include "crash/crash_folder.h"
#include "crash/event_log.h"

namespace octavo::app {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::size_t kStackBytes = 64 << 10;
constexpr int kMostFrames = 64;
constexpr unsigned kReportSeconds = 2;   // more than a report takes on a slow disk

// What a handler needs, made ready while the program is sound: in a handler nothing may be allocated. Nothing of it is ever given back either, since a
// program may crash while it ends, after its statics were destroyed.
struct Prepared {
    std::array<char, 4096> folder{}, file{};
    std::array<char, 1024> heading{};
    std::array<char, 256> exception{};    // type of the one that nobody caught; its text might quote a document
    std::array<char, kStackBytes> stack{};
    std::terminate_handler previous = nullptr;
    std::atomic<pid_t> reporter = 0;      // thread that writes the report
};
static_assert(std::is_trivially_destructible_v<Prepared>);

Prepared& prepared()
{
    static Prepared only;
    return only;
}

void copy(const QByteArray& text, char* to, std::size_t room)
{
    std::strncpy(to, text.constData(), room - 1);
}

// Writes to a file with nothing but what a signal handler may call.
class Pen {
public:
    explicit Pen(int descriptor) : m_descriptor(descriptor) {}

    Pen& operator<<(const char* text)
    {
        // What cannot be written cannot be told either.
        [[maybe_unused]] const ssize_t written = ::write(m_descriptor, text, std::strlen(text));
        return *this;
    }
    Pen& operator<<(std::int64_t number) { return write(number, 10); }
    Pen& hexadecimal(std::uintptr_t number) { return (*this << "0x").write(static_cast<std::int64_t>(number), 16); }

private:
    Pen& write(std::int64_t number, int base)
    {
        char digits[32] = {};
        std::to_chars(std::begin(digits), std::end(digits) - 1, number, base);
        return *this << digits;
    }

    int m_descriptor;
};

const char* nameOf(int signal)
{
    switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGABRT: return "SIGABRT";
    default: return "?";
    }
}

// "octavo+0x1234": without the folder, which names a person.
void writeFrame(Pen& pen, const void* address)
{
    Dl_info module{};
    if (::dladdr(address, &module) == 0 || !module.dli_fname) {
        (pen << "  ").hexadecimal(reinterpret_cast<std::uintptr_t>(address)) << "\n";
        return;
    }
    const char* slash = std::strrchr(module.dli_fname, '/');
    pen << "  " << (slash ? slash + 1 : module.dli_fname) << "+";
    pen.hexadecimal(reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(module.dli_fbase));
    if (module.dli_sname)
        pen << " " << module.dli_sname;
    pen << "\n";
}

void writeReport(int signal)
{
    ::mkdir(prepared().folder.data(), S_IRWXU);
    const int descriptor = ::open(prepared().file.data(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return;
    Pen pen(descriptor);
    pen << prepared().heading.data() << "Ended by signal " << signal << " (" << nameOf(signal) << ")\n";
    if (prepared().exception[0] != 0)
        pen << "Exception that nobody caught: " << prepared().exception.data() << "\n";
    pen << "\nWhere it was (addr2line -Cfe FILE OFFSET tells the line):\n";
    void* frames[kMostFrames];
    const int count = ::backtrace(frames, kMostFrames);
    for (int n = 0; n < count; ++n)
        writeFrame(pen, frames[n]);
    pen << "\nLast events:\n";
    for (std::size_t n = 0; n < EventLog::kEvents; ++n) {
        const EventLog::Event event = EventLog::instance().at(n);
        if (event.milliseconds >= 0)
            pen << "  " << event.milliseconds << " ms  " << event.what << " " << event.number << "\n";
    }
    ::close(descriptor);
}

void onCrash(int signal)
{
    pid_t reporter = 0;
    if (prepared().reporter.compare_exchange_strong(reporter, ::gettid()))
        writeReport(signal);
    else if (reporter != ::gettid())
        ::sleep(kReportSeconds);    // its end would be the end of the report that another thread writes
    std::signal(signal, SIG_DFL);   // to end as without a handler: core dumps and exit statuses stay what they are
    ::raise(signal);
}

[[noreturn]] void onTerminate()
{
    if (const std::type_info* type = abi::__cxa_current_exception_type())
        std::strncpy(prepared().exception.data(), type->name(), prepared().exception.size() - 1);
    prepared().previous();
    std::abort();
}

} // namespace

void installCrashHandler(const QString& dataDir, const QString& version)
{
    if (kSanitized)
        return;
    const QDir folder(crashFolder(dataDir));
    copy(QFile::encodeName(folder.path()), prepared().folder.data(), prepared().folder.size());
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QString name = QStringLiteral("%1-%2%3").arg(now.toString(QStringLiteral("yyyyMMdd-HHmmss"))).arg(::getpid()).arg(kUnseenReport);
    copy(QFile::encodeName(folder.filePath(name)), prepared().file.data(), prepared().file.size());
    const QString heading = QStringLiteral("Crash report of Octavo %1, build %2\nThere is no text of documents or conversations in it, and no name of a file.\n\n"
                                           "Started: %3\nSystem: %4, kernel %5, %6, Qt %7\n")
                                .arg(version, QString::fromLatin1(buildId()), now.toString(Qt::ISODate), QSysInfo::prettyProductName(), QSysInfo::kernelVersion(),
                                     QSysInfo::buildAbi(), QString::fromLatin1(qVersion()));
    copy(heading.toUtf8(), prepared().heading.data(), prepared().heading.size());
    EventLog::instance().add("start, process", ::getpid());

    void* first[1];
    (void)::backtrace(first, 1);   // loads what it needs, which allocates
    stack_t stack{};
    stack.ss_sp = prepared().stack.data();
    stack.ss_size = kStackBytes;
    ::sigaltstack(&stack, nullptr);
    struct sigaction action {};
    action.sa_handler = onCrash;
    action.sa_flags = SA_ONSTACK;
    for (const int signal : kSignals)
        ::sigaction(signal, &action, nullptr);
    prepared().previous = std::set_terminate(onTerminate);
}

} // namespace octavo::app
