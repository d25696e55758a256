// SPDX-License-Identifier: Apache-2.0
#include "support/gui_watchdog.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <execinfo.h>
#include <memory>
#include <unistd.h>

#include <QEvent>
#include <QMetaEnum>
#include <QTest>
#include <QThread>

namespace octavo::test {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSlowdown = 10;      // by sanitizers; about
#else
constexpr int kSlowdown = 1;
#endif

// A signal handler has nothing else to write to. Of the one thread that is watched.
struct Stack {
    std::array<void*, 48> frames{};
    volatile std::sig_atomic_t count = 0;
};
Stack caught;

void takeStack(int)
{
    if (caught.count == 0)
        caught.count = backtrace(caught.frames.data(), int(caught.frames.size()));
}

// "octavo_tests(_ZN6octavo2ui4meth+0x12) [0x…]" → "octavo::ui::meth"
QString named(const char* symbol)
{
    const QString all = QString::fromUtf8(symbol);
    const QString mangled = all.section('(', 1).section('+', 0, 0);
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(mangled.toUtf8().constData(), nullptr, nullptr, &status), std::free);
    return status == 0 ? QString::fromUtf8(name.get()) : all.section('/', -1);
}

QString stackText()
{
    const std::unique_ptr<char*, void (*)(void*)> symbols(backtrace_symbols(caught.frames.data(), caught.count), std::free);
    QString text;
    for (int at = 2; at < caught.count; ++at)      // without the handler and the signal's trampoline
        text += QStringLiteral("\n        ") + named(symbols.get()[at]);
    return text;
}

double processorMs()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * double(now.tv_sec) + 1e-6 * double(now.tv_nsec);
}

QString described(const QObject* receiver, const QEvent* event)
{
    const char* type = QMetaEnum::fromType<QEvent::Type>().valueToKey(event->type());
    return QStringLiteral("%1 for %2 “%3”").arg(QLatin1String(type ? type : "an event"), QLatin1String(receiver->metaObject()->className()), receiver->objectName());
}

} // namespace

WatchedApplication::WatchedApplication(int& argc, char** argv) : QApplication(argc, argv)
{
    setAttribute(Qt::AA_Use96Dpi);                 // as QTEST_MAIN does
    backtrace(caught.frames.data(), 1);            // loads what it needs: not in the handler
    struct sigaction action{};
    action.sa_handler = takeStack;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGPROF, &action, nullptr);
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGPROF;
    event._sigev_un._tid = ::gettid();
    if (::timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &m_timer) != 0)
        std::abort();
}

WatchedApplication::~WatchedApplication()
{
    ::timer_delete(m_timer);
}

void WatchedApplication::arm(bool on) const
{
    itimerspec time{};
    time.it_value.tv_nsec = on ? kLimitMs * kSlowdown * 1'000'000L : 0;
    ::timer_settime(m_timer, 0, &time, nullptr);
}

bool WatchedApplication::notify(QObject* receiver, QEvent* event)
{
    const int loops = QThread::currentThread()->loopLevel();
    if (QThread::currentThread() != thread() || (m_depth > 0 && loops == m_loops)) {
        m_restyled |= event->type() == QEvent::StyleChange && receiver->inherits("QMainWindow");
        return QApplication::notify(receiver, event);
    }
    // Outermost, or the first inside of a loop inside of another: that one is over with, as far as the limit goes.
    const int depth = std::exchange(m_depth, 1), around = std::exchange(m_loops, loops);
    const QString what = described(receiver, event);   // afterwards both may be gone
    caught.count = 0;
    m_restyled = false;
    arm(true);
    const double begin = processorMs();
    const bool taken = QApplication::notify(receiver, event);
    const double took = processorMs() - begin;
    arm(false);
    if (caught.count > 0 && !m_restyled) {
        m_failures += took > kFailsMs * kSlowdown;
        m_slow.append(QStringLiteral("%1: %2 ms%3").arg(what).arg(took, 0, 'f', 0).arg(stackText()));
    }
    caught.count = 0;
    m_depth = depth;
    m_loops = around;
    return taken;
}

int runWatched(QObject& test, int argc, char** argv)
{
    const int failures = QTest::qExec(&test, argc, argv);
    const auto& application = *static_cast<WatchedApplication*>(qApp);
    for (const QString& text : application.slow())
        std::fprintf(stderr, "The window stood still, over %d ms: %s\n", WatchedApplication::kLimitMs * kSlowdown, qPrintable(text));
    return failures + application.failures();
}

} // namespace octavo::test
