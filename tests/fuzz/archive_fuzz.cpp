// SPDX-License-Identifier: Apache-2.0
// Archives from other people. One byte of an input says what the rest is: changes to a whole archive, which mostly end at a wrong hash; or one of
// the descriptions in it, as if its hash were right.
#include <fuzzer/FuzzedDataProvider.h>

#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>

#include "archive/archive.h"
#include "archive/archive_json.h"
#include "assistant/hop_view.h"
#include "fuzz/require.h"
#include "support/sample_library.h"

namespace {

using namespace octavo::app;
using octavo::test::require;
using octavo::test::SampleLibrary;

QByteArray restOf(FuzzedDataProvider& data)
{
    const std::string rest = data.ConsumeRemainingBytesAsString();
    return {rest.data(), static_cast<qsizetype>(rest.size())};
}

// An archive, and a library to take it into.
class Importer {
public:
    Importer()
    {
        auto from = Library::open(m_dir.filePath(QStringLiteral("from"))).value();
        SampleLibrary::fill(*from, 1, 1);
        require(exportLibrary(*from, m_file, {}).ok());
        QFile file(m_file);
        require(file.open(QIODevice::ReadOnly));
        m_bytes = file.readAll();
        m_library = Library::open(m_dir.filePath(QStringLiteral("to"))).value();
        import(m_bytes, true);
    }

    void importChanged(FuzzedDataProvider& data)
    {
        QByteArray bytes = m_bytes;
        while (data.remaining_bytes() > 0) {
            const auto at = data.ConsumeIntegralInRange<qsizetype>(0, bytes.size());
            switch (data.ConsumeIntegralInRange<int>(0, 3)) {
            case 0: bytes.replace(at, 1, QByteArray(1, data.ConsumeIntegral<char>())); break;
            case 1: bytes.insert(at, QByteArray::fromStdString(data.ConsumeRandomLengthString(32))); break;
            case 2: bytes.remove(at, data.ConsumeIntegral<std::uint8_t>()); break;
            case 3: bytes.truncate(at); break;
            }
        }
        import(bytes, false);
    }

private:
    void import(const QByteArray& bytes, bool mustBeTaken)
    {
        QFile file(m_file);
        require(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
        file.close();
        const auto imported = importArchive(*m_library, m_file, {});
        require(imported.ok() || !mustBeTaken);
        const auto all = m_library->read([](Library& in) { return in.sessions().all(); }).value();
        require(all.isEmpty() != imported.ok());
        if (imported)   // what is taken is what was put in: everything is under a hash
            require(imported->sessions == 1 && imported->messages == 2 && m_library->erase(all).ok());
    }

    QTemporaryDir m_dir{QStringLiteral("/dev/shm/octavo-fuzz-XXXXXX")};
    QString m_file = m_dir.filePath(QStringLiteral("sample.octavo"));
    QByteArray m_bytes;
    std::unique_ptr<Library> m_library;
};

void readDocument(FuzzedDataProvider& data)
{
    const auto text = QByteArray::fromStdString(data.ConsumeRandomLengthString(100));
    const auto document = documentFrom(QJsonDocument::fromJson(restOf(data)).object(), text);
    if (!document)
        return;
    for (qint64 byte = 0; byte <= text.size(); ++byte) {
        (void)document->partsAt(byte);
        (void)document->fileAt(byte);
        (void)document->lineOf(byte);
    }
    const auto again = documentFrom(toJson(*document), text);
    require(again && toJson(*again) == toJson(*document));
}

void readSession(FuzzedDataProvider& data)
{
    const auto session = sessionFrom(QJsonDocument::fromJson(restOf(data)).object());
    if (!session)
        return;
    const auto again = sessionFrom(toJson(*session));
    require(again && toJson(*again) == toJson(*session));
    for (std::size_t place = 0; place < session->messages.size(); ++place)
        require(!session->messages[place].parent || *session->messages[place].parent < static_cast<qsizetype>(place));
}

void readHops(FuzzedDataProvider& data)
{
    // The record's body is compressed, which no change of a byte gets through: it is compressed here.
    QByteArray bytes = restOf(data);
    bytes = bytes.left(6) + compress(bytes.mid(6));
    const auto record = unpackHopRecord(bytes);
    const std::map<DocumentId, std::shared_ptr<const Document>> documents{{1, std::make_shared<const Document>(SampleLibrary::document(0))}};
    if (!record || !fitsInto(*record, {{1, documents.at(1)->text.size()}}))
        return;
    (void)makeHopView(1, *record, documents, 0, 0);
    require(unpackHopRecord(packHopRecord(*record)).has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    static Importer importer;
    FuzzedDataProvider data(bytes, size);
    switch (data.ConsumeIntegral<std::uint8_t>() % 4) {
    case 0: importer.importChanged(data); break;
    case 1: readDocument(data); break;
    case 2: readSession(data); break;
    case 3: readHops(data); break;
    }
    return 0;
}
