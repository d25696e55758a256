// SPDX-License-Identifier: Apache-2.0
#include "assistant/hop_record.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <QDataStream>
#include <QFloat16>
#include <QIODevice>

#include "library/compression.h"

namespace octavo::app {

namespace {

constexpr quint32 kMagic = 0x504f484f;   // "OHOP"
constexpr quint16 kPlainVersion = 1;
constexpr quint16 kVersion = 2;
constexpr quint32 kFinestSteps = 65'536, kCoarsestSteps = 256;
constexpr qint64 kMostBytes = 64 << 20;     // of a record that is unpacked: 500 tokens about 30,000 passages, with the 4 bytes each that version 1 took
constexpr qsizetype kHeaderBytes = sizeof kMagic + sizeof kVersion;

void configure(QDataStream& stream)
{
    stream.setVersion(QDataStream::Qt_6_0);
    stream.setByteOrder(QDataStream::LittleEndian);
    stream.setFloatingPointPrecision(QDataStream::SinglePrecision);
}

QDataStream& operator<<(QDataStream& out, const ByteRange& range) { return out << range.begin << range.end; }
QDataStream& operator>>(QDataStream& in, ByteRange& range) { return in >> range.begin >> range.end; }
QDataStream& operator<<(QDataStream& out, const HopRecord::Passage& passage) { return out << passage.document << passage.bytes; }
QDataStream& operator>>(QDataStream& in, HopRecord::Passage& passage) { return in >> passage.document >> passage.bytes; }
QDataStream& operator>>(QDataStream& in, HopRecord::HeavyToken& token) { return in >> token.document >> token.bytes >> token.weight; }

template <class T>
QDataStream& operator<<(QDataStream& out, const std::vector<T>& values)
{
    out << static_cast<quint64>(values.size());
    for (const T& value : values)
        out << value;
    return out;
}

template <class T>
QDataStream& operator>>(QDataStream& in, std::vector<T>& values)
{
    quint64 size = 0;
    in >> size;
    values.clear();   // grown as values come: a damaged size must not allocate
    for (quint64 at = 0; at < size && in.status() == QDataStream::Ok; ++at)
        in >> values.emplace_back();
    return in;
}

bool isContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

} // namespace

std::pair<std::size_t, std::size_t> HopRecord::chosenTokens(int begin, int end) const
{
    const auto within = [this](int token) { return std::min(static_cast<std::size_t>(std::max(token, 0)), tokenCount()); };
    return within(begin) < within(end) ? std::pair(within(begin), within(end)) : std::pair(std::size_t{0}, tokenCount());
}

std::vector<double> HopRecord::shares(std::size_t begin, std::size_t end) const
{
    std::vector<double> sums(passages.size(), 0.0);
    for (std::size_t token = begin; token < end; ++token) {
        for (std::size_t passage = 0; passage < sums.size(); ++passage)
            sums[passage] += weight(token, passage);
    }
    const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
    if (total > 0)
        std::for_each(sums.begin(), sums.end(), [total](double& sum) { sum /= total; });
    return sums;
}

QString HopRecord::tokenText(std::size_t token) const
{
    const QByteArray utf8 = answer.toUtf8();
    const auto characterFrom = [&utf8](qsizetype byte) {
        while (byte < utf8.size() && isContinuation(utf8[byte]))
            ++byte;
        return std::min(byte, utf8.size());
    };
    const qsizetype begin = characterFrom(tokenBegins[token]);
    const qsizetype end = token + 1 < tokenBegins.size() ? characterFrom(tokenBegins[token + 1]) : utf8.size();
    return QString::fromUtf8(utf8.mid(begin, end - begin));
}

namespace {

// Weights as whole steps of 1/steps, [passage][token]: the low bytes of all, then the high ones. Neighbours are rounded together: what has been
// passed of the text is rounded, not each passage by itself.
QByteArray stepsOf(const HopRecord& record, quint32 steps)
{
    const std::size_t count = record.weights.size(), tokens = record.tokenCount();
    QByteArray bytes(static_cast<qsizetype>(2 * count), '\0');
    for (std::size_t token = 0; token < tokens; ++token) {
        double passed = 0;
        long long before = 0;
        for (std::size_t passage = 0; passage < record.passages.size(); ++passage) {
            passed += record.weight(token, passage);
            const long long now = std::llround(passed * steps);
            const auto step = static_cast<quint16>(std::clamp(now - before, 0ll, 65'535ll));
            before = now;
            const auto place = static_cast<qsizetype>(passage * tokens + token);
            bytes[place] = static_cast<char>(step & 0xff);
            bytes[static_cast<qsizetype>(count) + place] = static_cast<char>(step >> 8);
        }
    }
    return bytes;
}

std::vector<float> weightsOf(const QByteArray& bytes, quint32 steps, std::size_t passages, std::size_t tokens)
{
    std::vector<float> weights(passages * tokens);
    for (std::size_t passage = 0; passage < passages; ++passage)
        for (std::size_t token = 0; token < tokens; ++token) {
            const auto place = static_cast<qsizetype>(passage * tokens + token);
            const int step = static_cast<unsigned char>(bytes[place]) | static_cast<unsigned char>(bytes[bytes.size() / 2 + place]) << 8;
            weights[token * passages + passage] = static_cast<float>(step) / static_cast<float>(steps);
        }
    return weights;
}

// Heavy tokens: each place once, then per answer token how many there are, which, and their weights.
struct HeavyTable {
    std::vector<HopRecord::Passage> places;
    std::vector<quint32> counts;
    std::vector<quint32> which;
    std::vector<qfloat16> weights;
};

HeavyTable tableOf(const std::vector<std::vector<HopRecord::HeavyToken>>& heaviest)
{
    HeavyTable table;
    std::map<std::pair<DocumentId, qint64>, quint32> known;
    for (const auto& ofToken : heaviest) {
        table.counts.push_back(static_cast<quint32>(ofToken.size()));
        for (const HopRecord::HeavyToken& token : ofToken) {
            const auto [entry, isNew] = known.try_emplace({token.document, token.bytes.begin}, static_cast<quint32>(table.places.size()));
            if (isNew)
                table.places.push_back({token.document, token.bytes});
            table.which.push_back(entry->second);
            table.weights.push_back(qfloat16(token.weight));
        }
    }
    return table;
}

// False if the table is not one.
bool readTable(const HeavyTable& table, std::vector<std::vector<HopRecord::HeavyToken>>& heaviest)
{
    const quint64 sum = std::accumulate(table.counts.begin(), table.counts.end(), quint64(0));
    if (sum != table.which.size() || sum != table.weights.size())
        return false;
    std::size_t at = 0;
    for (const quint32 count : table.counts) {
        auto& ofToken = heaviest.emplace_back();
        for (quint32 n = 0; n < count; ++n, ++at) {
            if (table.which[at] >= table.places.size())
                return false;
            const HopRecord::Passage& place = table.places[table.which[at]];
            ofToken.push_back({place.document, place.bytes, static_cast<float>(table.weights[at])});
        }
    }
    return true;
}

bool readPlain(QDataStream& in, HopRecord& record)
{
    in >> record.weights >> record.outside >> record.heaviest;
    return in.status() == QDataStream::Ok && record.weights.size() == record.tokenCount() * record.passages.size();
}

bool readPacked(QDataStream& in, HopRecord& record)
{
    quint32 steps = 0;
    QByteArray weights;
    HeavyTable table;
    in >> steps >> weights >> record.outside >> table.places >> table.counts >> table.which >> table.weights;
    const std::size_t count = record.tokenCount() * record.passages.size();
    if (in.status() != QDataStream::Ok || steps == 0 || static_cast<std::size_t>(weights.size()) != 2 * count || !readTable(table, record.heaviest))
        return false;
    record.weights = weightsOf(weights, steps, record.passages.size(), record.tokenCount());
    return true;
}

} // namespace

QByteArray packHopRecord(const HopRecord& record)
{
    quint32 steps = kFinestSteps;
    QByteArray weights = stepsOf(record, steps);
    while (steps > kCoarsestSteps && compress(weights).size() > kPackedWeightBytes)
        weights = stepsOf(record, steps /= 2);
    const HeavyTable table = tableOf(record.heaviest);
    QByteArray body;
    QDataStream out(&body, QIODevice::WriteOnly);
    configure(out);
    out << record.model << record.question << record.answer << record.passages << record.tokenBegins << steps << weights << record.outside
        << table.places << table.counts << table.which << table.weights;

    QByteArray bytes;
    QDataStream header(&bytes, QIODevice::WriteOnly);
    configure(header);
    header << kMagic << kVersion;
    return bytes + compress(body);
}

bool renumber(HopRecord& record, const std::function<DocumentId(DocumentId)>& numberOf)
{
    bool all = true;
    const auto change = [&](DocumentId& document) {
        document = numberOf(document);
        all = all && document != 0;
    };
    for (HopRecord::Passage& passage : record.passages)
        change(passage.document);
    for (std::vector<HopRecord::HeavyToken>& ofToken : record.heaviest)
        for (HopRecord::HeavyToken& token : ofToken)
            change(token.document);
    return all;
}

bool fitsInto(const HopRecord& record, const std::map<DocumentId, qint64>& textBytes)
{
    const auto fits = [&](DocumentId document, const ByteRange& bytes) {
        const auto found = textBytes.find(document);
        return found != textBytes.end() && 0 <= bytes.begin && bytes.begin <= bytes.end && bytes.end <= found->second;
    };
    const auto isShare = [](float weight) { return weight >= 0 && weight <= 1.5F; };   // rounded up, at most; false for what is no number
    for (const HopRecord::Passage& passage : record.passages)
        if (!fits(passage.document, passage.bytes))
            return false;
    for (const std::vector<HopRecord::HeavyToken>& ofToken : record.heaviest)
        for (const HopRecord::HeavyToken& token : ofToken)
            if (!fits(token.document, token.bytes) || !isShare(token.weight))
                return false;
    return std::is_sorted(record.tokenBegins.begin(), record.tokenBegins.end()) && std::all_of(record.weights.begin(), record.weights.end(), isShare)
        && std::all_of(record.outside.begin(), record.outside.end(), isShare);
}

std::optional<HopRecord> unpackHopRecord(const QByteArray& bytes)
{
    QDataStream header(bytes);
    configure(header);
    quint32 magic = 0;
    quint16 version = 0;
    header >> magic >> version;
    if (magic != kMagic || (version != kPlainVersion && version != kVersion))
        return std::nullopt;

    QByteArray body;
    try {
        body = decompress(bytes.mid(kHeaderBytes), kMostBytes);
    } catch (const DamagedRecord&) {
        return std::nullopt;
    }
    QDataStream in(body);
    configure(in);
    HopRecord record;
    in >> record.model >> record.question >> record.answer >> record.passages >> record.tokenBegins;
    const bool sound = version == kPlainVersion ? readPlain(in, record) : readPacked(in, record);
    if (!sound || record.outside.size() != record.tokenCount() || record.heaviest.size() != record.tokenCount())
        return std::nullopt;
    return record;
}

} // namespace octavo::app
