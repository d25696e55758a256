// SPDX-License-Identifier: Apache-2.0
#include "assistant/assistant_worker.h"

// What the assistant's worker does to show where an answer looked, and what it owes to that.

namespace octavo::app {

void Assistant::Worker::openHops(MessageId message, int beginToken, int endToken)
{
    if (!service())
        return;
    const Outcome<HopView> view = m_service->hops(message, beginToken, endToken);
    if (!view)
        return fail(view.error());
    tell(&Assistant::hopsReady, *view);
}

void Assistant::Worker::verify(MessageId answer, std::stop_token stop)
{
    if (!service())
        return;
    const Outcome<void> done = m_service->verify(
        answer, readingEvents(), [this](const Verification& verification) { tell(&Assistant::sourceVerified, verification); }, std::move(stop));
    m_readForAnswer = 0;
    tell(&Assistant::verifyEnded, answer);
    if (!done && done.error().kind != Failure::Kind::Stopped)
        fail(done.error());
}

void Assistant::Worker::openHeads(MessageId answer, int beginToken, int endToken, std::stop_token stop)
{
    if (!service())
        return;
    const Outcome<HeadsView> view = m_service->heads(answer, beginToken, endToken, readingEvents(), std::move(stop));
    m_readForAnswer = 0;
    tell(&Assistant::headsReady, view ? *view : HeadsView{answer});
    if (!view && view.error().kind != Failure::Kind::Stopped)
        fail(view.error());
}

void Assistant::Worker::openHeadPath(MessageId answer, int layer, int head)
{
    if (!service())
        return;
    const Outcome<HeadPath> path = m_service->headPath(answer, layer, head);
    if (!path)
        return fail(path.error());
    tell(&Assistant::headPathReady, *path);
}

} // namespace octavo::app
