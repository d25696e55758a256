// SPDX-License-Identifier: Apache-2.0
#include "assistant/job_queue.h"

#include <condition_variable>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>

namespace octavo::app {
namespace {

class JobQueueTest : public ::testing::Test {
protected:
    // Posts a job that writes its name, with "-" if it was stopped before.
    void post(JobKind kind, const std::string& name, std::int64_t subject = 0)
    {
        m_queue->post(kind, [this, name](std::stop_token stop) { m_log += name + (stop.stop_requested() ? "- " : " "); }, subject);
    }

    // Posts a job that says so when it runs, and goes on with `work` when the test lets it.
    void postHeld(JobKind kind, JobQueue::Job work, std::int64_t subject = 0)
    {
        m_queue->post(kind, [this, work = std::move(work)](std::stop_token stop) {
            m_runs.release();
            m_goOn.acquire();
            work(std::move(stop));
        }, subject);
    }

    std::string finish()
    {
        std::binary_semaphore done{0};
        m_queue->post(JobKind::Patient, [&](std::stop_token) { done.release(); });
        done.acquire();
        return m_log;
    }

    std::string m_log;    // of the queue's thread; read by finish()
    std::counting_semaphore<> m_runs{0};
    std::counting_semaphore<> m_goOn{0};
    std::unique_ptr<JobQueue> m_queue = std::make_unique<JobQueue>();   // last: its thread uses the others
};

TEST_F(JobQueueTest, PatientJobsWaitForAllOthersAndKeepTheirOrder)
{
    postHeld(JobKind::Urgent, [](std::stop_token) {});
    m_runs.acquire();
    post(JobKind::Patient, "reading1");
    post(JobKind::Patient, "reading2");
    post(JobKind::Urgent, "question");
    post(JobKind::Brief, "rename");
    m_goOn.release();
    EXPECT_EQ(finish(), "question rename reading1 reading2 ");
}

TEST_F(JobQueueTest, APatientJobLetsInWhatWaitsAndGoesOn)
{
    postHeld(JobKind::Patient, [this](std::stop_token) {
        m_queue->letIn();
        m_log += "border ";
        m_queue->letIn();   // nothing waits any more
        m_log += "end ";
    });
    m_runs.acquire();
    post(JobKind::Patient, "later");
    post(JobKind::Urgent, "question1");
    post(JobKind::Brief, "rename");
    post(JobKind::Urgent, "question2");
    m_goOn.release();
    EXPECT_EQ(finish(), "question1 rename question2 border end later ");
}

TEST_F(JobQueueTest, AStopEndsQuestionsFirstAndPatientJobsNext)
{
    std::stop_token reading;
    postHeld(JobKind::Patient, [&](std::stop_token stop) {
        reading = std::move(stop);
        m_queue->letIn();
        m_log += reading.stop_requested() ? "reading- " : "reading ";
        m_queue->stop();
        m_log += reading.stop_requested() ? "reading- " : "reading ";
        m_queue->letIn();   // a stopped job lets nothing in
        m_log += "end ";
    });
    m_runs.acquire();
    postHeld(JobKind::Urgent, [&](std::stop_token stop) {
        m_queue->stop();
        m_log += stop.stop_requested() ? "question- " : "question ";
        post(JobKind::Brief, "rename");
    });
    post(JobKind::Urgent, "waiting");
    m_goOn.release();
    m_runs.acquire();
    m_goOn.release();
    EXPECT_EQ(finish(), "question- waiting- rename reading reading- end ");
}

TEST_F(JobQueueTest, ASecondStopReachesPatientJobsWhileAStoppedQuestionStillEnds)
{
    std::stop_token reading;
    postHeld(JobKind::Patient, [&](std::stop_token stop) {
        reading = std::move(stop);
        m_queue->letIn();
    });
    m_runs.acquire();
    postHeld(JobKind::Urgent, [&](std::stop_token) {
        m_queue->stop();
        EXPECT_FALSE(reading.stop_requested());
        m_queue->stop();
        EXPECT_TRUE(reading.stop_requested());
    });
    m_goOn.release(2);
    finish();
}

TEST_F(JobQueueTest, ASubjectIsStoppedAlone)
{
    postHeld(JobKind::Patient, [this](std::stop_token stop) { m_log += stop.stop_requested() ? "one- " : "one "; }, 1);
    m_runs.acquire();
    post(JobKind::Patient, "two", 2);
    post(JobKind::Patient, "three", 3);
    m_queue->stopSubject(3);
    m_goOn.release();
    EXPECT_EQ(finish(), "one two three- ");
    postHeld(JobKind::Patient, [this](std::stop_token stop) { m_log += stop.stop_requested() ? "four- " : "four "; }, 4);
    m_runs.acquire();
    m_queue->stopSubject(4);
    m_goOn.release();
    EXPECT_EQ(finish(), "one two three- four- ");
}

TEST_F(JobQueueTest, TheEndStopsEverythingAndRunsIt)
{
    postHeld(JobKind::Patient, [this, queue = m_queue.get()](std::stop_token stop) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait(lock, stop, [] { return false; });
        queue->letIn();
        queue->post(JobKind::Patient, [this](std::stop_token late) { m_log += late.stop_requested() ? "late- " : "late "; });
        m_log += stop.stop_requested() ? "one- " : "one ";
    });
    m_runs.acquire();
    post(JobKind::Patient, "two");
    post(JobKind::Brief, "rename");
    m_goOn.release();
    m_queue.reset();
    EXPECT_EQ(m_log, "one- rename- two- late- ");
}

} // namespace
} // namespace octavo::app
