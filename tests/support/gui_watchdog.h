// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>

#include <QApplication>
#include <QStringList>

namespace octavo::test {

// An application that looks at how long its thread computes for one event, and remembers who took longer than a person does not notice. Processor time is what counts,
// not time on the clock: other programs must not make a test fail. What is done in an event loop inside of an event counts for itself. A change of colours or of the size
// of all text is let pass: Qt computes the style of every widget anew, which takes 200 to 300 ms.
// The stack is taken when the limit is passed, by a timer on the thread's processor time: the function that is named is the one that was at work then.
class WatchedApplication : public QApplication {
public:
    static constexpr int kLimitMs = 50;      // of processor time: told from here on
    static constexpr int kFailsMs = 200;     // a machine may be four times as slow as one on which the limit is kept

    WatchedApplication(int& argc, char** argv);
    ~WatchedApplication() override;

    bool notify(QObject* receiver, QEvent* event) override;
    // One text for each event that took longer than the limit: what it was, its time, and the stack.
    const QStringList& slow() const { return m_slow; }
    int failures() const { return m_failures; }

private:
    void arm(bool on) const;

    timer_t m_timer{};
    int m_depth = 0;             // of events inside of events
    bool m_restyled = false;     // the whole window, by the outermost event
    int m_loops = 0;             // event loops around the outermost event
    QStringList m_slow;
    int m_failures = 0;
};

// Runs a test object with the events of its widgets watched; names those over the limit, and fails where any took so long that no machine is to blame.
int runWatched(QObject& test, int argc, char** argv);

} // namespace octavo::test

// In the place of QTEST_MAIN.
#define OCTAVO_WATCHED_MAIN(TestObject)                       \
    int main(int argc, char** argv)                           \
    {                                                         \
        octavo::test::WatchedApplication application(argc, argv); \
        TestObject test;                                      \
        return octavo::test::runWatched(test, argc, argv);    \
    }
