// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <QByteArray>
#include <QString>

#include "octavo/app/document.h"

namespace octavo::app {

// Where an answer looked, as it is kept in the library: all that the hop inspector needs besides the documents themselves, so that it
// can be drawn again without a model.
struct HopRecord {
    struct Passage {
        DocumentId document = 0;
        ByteRange bytes;
    };
    struct HeavyToken {          // a single token of a document that an answer token looked at
        DocumentId document = 0;
        ByteRange bytes;
        float weight = 0;        // share of the answer token's attention
    };

    QString model;
    QString question;
    QString answer;
    std::vector<Passage> passages;                  // document after document, in text order
    std::vector<std::uint32_t> tokenBegins;         // bytes of the answer's UTF-8, one per answer token
    std::vector<float> weights;                     // [answer token][passage], shares of the token's attention
    std::vector<float> outside;                     // [answer token], share that went to no document
    std::vector<std::vector<HeavyToken>> heaviest;  // [answer token], heaviest first

    std::size_t tokenCount() const { return tokenBegins.size(); }
    float weight(std::size_t token, std::size_t passage) const { return weights[token * passages.size() + passage]; }
    // What a person chose of the answer's tokens, [begin, end), as far as it has them; all of them where nothing is chosen.
    std::pair<std::size_t, std::size_t> chosenTokens(int begin, int end) const;
    // Each passage's share of the attention to document text, over answer tokens [begin, end); they add up to 1, or are all 0.
    std::vector<double> shares(std::size_t begin, std::size_t end) const;
    // The answer token as text; of a character that several tokens make up, the first one has all.
    QString tokenText(std::size_t token) const;
};

// On disk: "OHOP", a version, then one zstd frame of little-endian fields; numbers of versions are never reused. 1: the fields above as they are.
// 2: weights in whole steps, as fine as fits kPackedWeightBytes (1/65536 to 1/256; an answer of 500 tokens about 224 passages keeps 1/65536).
// Steps are rounded along the text, so that the sum of neighbouring passages (a section, a chapter) is off by at most one step as well.
// Heavy tokens are named once, and have weights in half precision.
constexpr qsizetype kPackedWeightBytes = 120'000;
QByteArray packHopRecord(const HopRecord& record);
// Null for what is damaged or of a newer version.
std::optional<HopRecord> unpackHopRecord(const QByteArray& bytes);
// Gives documents other numbers, as in another library; false if one has none (0) there.
bool renumber(HopRecord& record, const std::function<DocumentId(DocumentId)>& numberOf);
// Whether all places of a record lie in these documents (bytes of their text by id), and all weights are shares: records come from files.
bool fitsInto(const HopRecord& record, const std::map<DocumentId, qint64>& textBytes);

} // namespace octavo::app
