// SPDX-License-Identifier: Apache-2.0
#include "assistant/sources.h"

#include <algorithm>

#include "documents/place.h"

namespace octavo::app {

namespace {

constexpr std::size_t kMaxSources = 5;
constexpr double kSmallestShare = 0.01;

std::vector<std::size_t> heaviestInTextOrder(const std::vector<double>& shares)
{
    std::vector<std::size_t> heaviest;
    for (std::size_t passage = 0; passage < shares.size(); ++passage) {
        if (shares[passage] >= kSmallestShare)
            heaviest.push_back(passage);
    }
    std::stable_sort(heaviest.begin(), heaviest.end(), [&](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
    heaviest.resize(std::min(heaviest.size(), kMaxSources));
    std::sort(heaviest.begin(), heaviest.end());
    return heaviest;
}

} // namespace

QList<Source> sourcesOf(const HopRecord& record, const std::map<DocumentId, std::shared_ptr<const Document>>& documents)
{
    const std::vector<double> shares = record.shares(0, record.tokenCount());
    QList<Source> sources;
    std::size_t before = 0;
    for (const std::size_t passage : heaviestInTextOrder(shares)) {
        const auto& [id, bytes] = record.passages[passage];
        const Document& document = *documents.at(id);
        const bool continuesLast = !sources.isEmpty() && passage == before + 1 && sources.last().document == id
                                   && document.partsAt(sources.last().bytes.begin) == document.partsAt(bytes.begin);
        before = passage;
        if (continuesLast) {
            sources.last().bytes.end = bytes.end;
            sources.last().weight += shares[passage];
        } else {
            sources.append({id, document.title, placeOf(document, bytes.begin), bytes, document.lineOf(bytes.begin), shares[passage], {}, pageOf(document, bytes.begin)});
        }
    }
    for (Source& source : sources)
        source.text = QString::fromUtf8(documents.at(source.document)->text.mid(source.bytes.begin, source.bytes.size())).trimmed();
    std::stable_sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.weight > b.weight; });
    return sources;
}

} // namespace octavo::app
