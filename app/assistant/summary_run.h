// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "assistant/summary_service.h"

namespace octavo::app {

// One go at a summary: writes parts one after the other. Used within SummaryService, on whose thread it lives.
class SummaryService::Run {
public:
    Run(SummaryService& service, Summary summary, const SummaryOptions& options, const SummaryEvents& events, std::stop_token stop);

    Outcome<void> writeMissing();
    Outcome<void> writeAgain(const QList<int>& chapters);

private:
    // What a whole is made from: a text, and where in it each part stands.
    struct Digest {
        QByteArray text;
        QList<ByteRange> ranges;
        std::vector<HopRecord::Passage> passages;   // the same places in the documents
        QList<int> parts;
    };

    SessionId session() const { return m_summary.session.id; }
    bool begin(int at, int done, int count);        // tells how far it is; false: stopped
    Outcome<void> tell();                           // as it stands in the library now
    void tellWriting(int at, const Message& message);
    bool isNeeded(int at) const;
    QList<int> sourcesOf(int at) const;             // parts that a whole is made from
    Outcome<void> write(int at);
    Outcome<void> writeChapter(int at, bool again);
    Outcome<void> writeWhole(int at);
    Outcome<bool> isRead(const SummaryPart& chapter);
    Outcome<Message> addAnswer(const QString& question);
    Outcome<void> failPart(int at, const QString& question, const QString& why);
    Outcome<void> keep(int at, const Message& message, double attention, bool again);
    Outcome<double> attentionOf(const Message& message);
    Digest digestOf(const QList<int>& parts) const;
    Outcome<AskFacts> askDigest(const Digest& digest, const QString& question, int at, Message& message);
    HopRecord recordOf(const Digest& digest, const QString& question, const AskFacts& facts) const;
    QList<Source> sourcesIn(const Digest& digest, const HopRecord& record) const;

    SummaryService& m_service;
    Summary m_summary;
    const SummaryOptions m_options;
    const SummaryEvents& m_events;
    const std::stop_token m_stop;
    const std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
    int m_written = 0;
};

} // namespace octavo::app
