// SPDX-License-Identifier: Apache-2.0
#include "archive/archive_json.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <array>
#include <cmath>

#include "documents/outline_rows.h"
#include "documents/place_marks.h"
#include "documents/soundness.h"

namespace octavo::app {

namespace {

// Names of enumerators in their order; what is added later comes last.
constexpr std::array kRoles{"user", "assistant"};
constexpr std::array kStates{"complete", "streaming", "stopped", "failed"};
constexpr std::array kSummaryKinds{"chapter", "whole", "together"};
constexpr qint64 kMostPages = 1'000'000;
constexpr std::array kDocumentKinds{"plain text", "markdown", "code", "folder", "formatted"};
constexpr std::array kPartKinds{"book", "chapter", "section", "folder", "file", "function", "class"};

template <class Names, class Enum>
QString nameOf(const Names& names, Enum value)
{
    return QLatin1String(names[static_cast<std::size_t>(value)]);
}

// What is wrong anywhere makes the whole wrong: readers note it and go on.
class Fields {
public:
    Fields(const QJsonObject& json, bool& sound) : m_json(json), m_sound(sound) {}

    QString text(const char* key) { return value(key, QJsonValue::String).toString(); }
    QDateTime time(const char* key) { return QDateTime::fromMSecsSinceEpoch(number(key)); }
    double real(const char* key) { return value(key, QJsonValue::Double).toDouble(); }
    bool truth(const char* key) { return value(key, QJsonValue::Bool).toBool(); }
    QJsonArray list(const char* key) { return value(key, QJsonValue::Array).toArray(); }
    QJsonObject object(const char* key) { return value(key, QJsonValue::Object).toObject(); }
    bool has(const char* key) const { return m_json.contains(QLatin1String(key)); }
    void demand(bool holds) { m_sound = m_sound && holds; }

    qint64 number(const char* key)
    {
        const double asReal = real(key);
        demand(std::abs(asReal) < 9e15 && std::floor(asReal) == asReal);
        return m_sound ? static_cast<qint64>(asReal) : 0;
    }
    ByteRange bytes()
    {
        const ByteRange range{number("begin"), number("end")};
        demand(0 <= range.begin && range.begin <= range.end);
        return range;
    }
    template <class Enum, class Names>
    Enum oneOf(const char* key, const Names& names)
    {
        const QString name = text(key);
        for (std::size_t n = 0; n < names.size(); ++n)
            if (name == QLatin1String(names[n]))
                return static_cast<Enum>(n);
        demand(false);
        return {};
    }
    QString hash(const QString& name)
    {
        static const QRegularExpression digits(QStringLiteral("^[0-9a-f]{32}$"));
        demand(digits.match(name).hasMatch());
        return name;
    }

private:
    QJsonValue value(const char* key, QJsonValue::Type type)
    {
        const QJsonValue found = m_json.value(QLatin1String(key));
        demand(found.type() == type);
        return found;
    }

    const QJsonObject& m_json;
    bool& m_sound;
};

void insertBytes(QJsonObject& json, const ByteRange& bytes)
{
    json.insert(QStringLiteral("begin"), bytes.begin);
    json.insert(QStringLiteral("end"), bytes.end);
}

QJsonObject toJson(const AnswerSettings& settings, const QStringList& hiddenDocuments)
{
    QJsonObject json{{QStringLiteral("model"), settings.model}, {QStringLiteral("model_hash"), settings.modelHash},
            {QStringLiteral("precision"), settings.engine.precision}, {QStringLiteral("kv"), settings.engine.kv},
            {QStringLiteral("dims"), settings.engine.dims}, {QStringLiteral("gate"), settings.engine.gate},
            {QStringLiteral("max_tokens"), settings.maxTokens}, {QStringLiteral("temperature"), settings.temperature},
            {QStringLiteral("seed"), QString::number(settings.seed)}};   // of 64 bits, which a JSON number does not hold
    QJsonArray hidden;
    for (qsizetype at = 0; at < settings.hidden.size(); ++at) {
        QJsonObject place{{QStringLiteral("document"), hiddenDocuments[at]}};
        insertBytes(place, settings.hidden[at].bytes);
        hidden.append(place);
    }
    if (!hidden.isEmpty())
        json.insert(QStringLiteral("hidden"), hidden);
    if (!settings.wish.isEmpty())
        json.insert(QStringLiteral("wish"), settings.wish);
    return json;
}

AnswerSettings settingsFrom(const QJsonObject& json, QStringList& hiddenDocuments, bool& sound)
{
    Fields fields(json, sound);
    AnswerSettings settings{fields.text("model"), fields.text("model_hash"),
                            {fields.text("precision"), fields.text("kv"), fields.text("dims"), fields.real("gate")},
                            static_cast<int>(fields.number("max_tokens")), fields.real("temperature"), 0};
    bool isNumber = false;
    settings.seed = fields.text("seed").toULongLong(&isNumber);
    fields.demand(isNumber && settings.maxTokens >= 0);
    settings.wish = fields.has("wish") ? fields.text("wish") : QString();
    for (const QJsonValue& value : fields.has("hidden") ? fields.list("hidden") : QJsonArray()) {
        Fields place(value.toObject(), sound);
        hiddenDocuments.append(place.hash(place.text("document")));
        settings.hidden.append(TextPlace{0, place.bytes()});
    }
    return settings;
}

QJsonObject toJson(const Source& source, const QString& documentHash)
{
    QJsonObject json{{QStringLiteral("document"), documentHash}, {QStringLiteral("title"), source.documentTitle}, {QStringLiteral("place"), source.place},
                     {QStringLiteral("line"), source.line}, {QStringLiteral("page"), source.page}, {QStringLiteral("weight"), source.weight}, {QStringLiteral("text"), source.text}};
    insertBytes(json, source.bytes);
    QJsonArray marks;
    for (const int mark : source.marks)
        marks.append(mark);
    if (!marks.isEmpty())
        json.insert(QStringLiteral("marks"), marks);
    return json;
}

Source sourceFrom(const QJsonObject& json, QString& documentHash, bool& sound)
{
    Fields fields(json, sound);
    documentHash = fields.hash(fields.text("document"));
    Source source{0, fields.text("title"), fields.text("place"), fields.bytes(), static_cast<int>(fields.number("line")), fields.real("weight"),
                        fields.text("text"), fields.has("page") ? static_cast<int>(std::clamp<qint64>(fields.number("page"), 0, kMostPages)) : 0};
    fields.demand(source.weight >= 0 && source.weight <= 1.001 && source.line >= 0);
    for (const QJsonValue& mark : fields.has("marks") ? fields.list("marks") : QJsonArray()) {
        const int before = source.marks.isEmpty() ? 0 : source.marks.last();
        source.marks.append(mark.toInt(-1));
        fields.demand(source.marks.last() > before);
    }
    return source;
}

QJsonObject toJson(const ArchivedMessage& archived)
{
    const Message& message = archived.message;
    QJsonArray sources;
    for (qsizetype at = 0; at < message.sources.size(); ++at)
        sources.append(toJson(message.sources[at], archived.sourceDocuments[at]));
    QJsonObject json{{QStringLiteral("role"), nameOf(kRoles, message.role)}, {QStringLiteral("state"), nameOf(kStates, message.state)},
                     {QStringLiteral("text"), message.text}, {QStringLiteral("note"), message.note}, {QStringLiteral("at"), message.at.toMSecsSinceEpoch()},
                     {QStringLiteral("sources"), sources}};
    if (archived.parent)
        json.insert(QStringLiteral("parent"), *archived.parent);
    if (archived.settings)
        json.insert(QStringLiteral("settings"), toJson(*archived.settings, archived.hiddenDocuments));
    if (archived.hasHops)
        json.insert(QStringLiteral("hops"), true);
    return json;
}

ArchivedMessage messageFrom(const QJsonObject& json, qsizetype place, bool& sound)
{
    Fields fields(json, sound);
    ArchivedMessage archived;
    archived.message.role = fields.oneOf<Message::Role>("role", kRoles);
    archived.message.state = fields.oneOf<Message::State>("state", kStates);
    archived.message.text = fields.text("text");
    archived.message.note = fields.text("note");
    archived.message.at = fields.time("at");
    for (const QJsonValue& value : fields.list("sources")) {
        QString hash;
        archived.message.sources.append(sourceFrom(value.toObject(), hash, sound));
        archived.sourceDocuments.append(hash);
    }
    if (fields.has("parent")) {
        archived.parent = fields.number("parent");
        fields.demand(0 <= *archived.parent && *archived.parent < place);
    }
    if (fields.has("settings"))
        archived.settings = settingsFrom(fields.object("settings"), archived.hiddenDocuments, sound);
    archived.hasHops = fields.has("hops") && fields.truth("hops");
    return archived;
}

QJsonObject toJson(const ArchivedSummaryPart& archived)
{
    const SummaryPart& part = archived.part;
    QJsonObject json{{QStringLiteral("kind"), nameOf(kSummaryKinds, part.kind)}, {QStringLiteral("document"), archived.document}, {QStringLiteral("title"), part.title},
                     {QStringLiteral("attention"), part.attention}, {QStringLiteral("again"), part.again}};
    insertBytes(json, part.bytes);
    if (archived.message)
        json.insert(QStringLiteral("message"), *archived.message);
    return json;
}

ArchivedSummaryPart summaryPartFrom(const QJsonObject& json, qsizetype messages, bool& sound)
{
    Fields fields(json, sound);
    ArchivedSummaryPart archived;
    archived.part.kind = fields.oneOf<SummaryPart::Kind>("kind", kSummaryKinds);
    archived.part.title = fields.text("title");
    archived.part.bytes = fields.bytes();
    archived.part.attention = fields.real("attention");
    archived.part.again = fields.truth("again");
    archived.document = fields.text("document");
    if (archived.part.kind != SummaryPart::Kind::Together)
        fields.hash(archived.document);
    fields.demand(archived.part.kind != SummaryPart::Kind::Together || archived.document.isEmpty());
    fields.demand(archived.part.attention >= 0 && archived.part.attention <= 1.001);
    if (fields.has("message")) {
        archived.message = fields.number("message");
        fields.demand(0 <= *archived.message && *archived.message < messages);
    }
    return archived;
}

} // namespace

QJsonObject toJson(const ArchivedSession& session)
{
    QJsonArray messages;
    for (const ArchivedMessage& message : session.messages)
        messages.append(toJson(message));
    QJsonObject json{{QStringLiteral("title"), session.title}, {QStringLiteral("created"), session.created.toMSecsSinceEpoch()},
                     {QStringLiteral("changed"), session.changed.toMSecsSinceEpoch()},
                     {QStringLiteral("documents"), QJsonArray::fromStringList(session.documents)}, {QStringLiteral("messages"), messages}};
    if (session.head)
        json.insert(QStringLiteral("head"), *session.head);
    if (session.trashed.isValid())
        json.insert(QStringLiteral("trashed"), session.trashed.toMSecsSinceEpoch());
    QJsonArray summary;
    for (const ArchivedSummaryPart& part : session.summary)
        summary.append(toJson(part));
    if (!summary.isEmpty())
        json.insert(QStringLiteral("summary"), summary);
    return json;
}

std::optional<ArchivedSession> sessionFrom(const QJsonObject& json)
{
    bool sound = true;
    Fields fields(json, sound);
    ArchivedSession session;
    session.title = fields.text("title");
    session.created = fields.time("created");
    session.changed = fields.time("changed");
    if (fields.has("trashed"))
        session.trashed = fields.time("trashed");
    for (const QJsonValue& value : fields.list("documents")) {
        session.documents.append(fields.hash(value.toString()));
        fields.demand(session.documents.count(session.documents.last()) == 1);
    }
    for (const QJsonValue& value : fields.list("messages")) {
        const auto place = static_cast<qsizetype>(session.messages.size());
        session.messages.push_back(messageFrom(value.toObject(), place, sound));
    }
    if (fields.has("head")) {
        session.head = fields.number("head");
        fields.demand(0 <= *session.head && *session.head < static_cast<qsizetype>(session.messages.size()));
    }
    fields.demand(session.messages.empty() || session.head.has_value());
    if (fields.has("summary"))   // archives of conversations have none
        for (const QJsonValue& value : fields.list("summary"))
            session.summary.push_back(summaryPartFrom(value.toObject(), static_cast<qsizetype>(session.messages.size()), sound));
    return sound ? std::optional(std::move(session)) : std::nullopt;
}

QJsonObject toJson(const Document& document)
{
    QJsonArray files;
    for (const SourceFile& file : document.files) {
        QJsonObject json{{QStringLiteral("path"), file.path}, {QStringLiteral("relative_path"), file.relativePath}, {QStringLiteral("encoding"), file.encoding}};
        insertBytes(json, file.bytes);
        if (!file.format.isEmpty()) {
            json.insert(QStringLiteral("format"), file.format);
            json.insert(QStringLiteral("places"), jsonOf(file.places));
        }
        files.append(json);
    }
    QJsonArray outline;
    for (const OutlineRow& row : rowsOf(document.outline)) {
        QJsonObject json{{QStringLiteral("depth"), row.depth}, {QStringLiteral("kind"), nameOf(kPartKinds, row.part.kind)}, {QStringLiteral("title"), row.part.title}};
        insertBytes(json, row.part.bytes);
        outline.append(json);
    }
    QJsonArray ledger;
    for (const LedgerEntry& entry : document.ledger)
        ledger.append(QJsonObject{{QStringLiteral("what"), entry.what}, {QStringLiteral("why"), entry.why}, {QStringLiteral("bytes"), entry.bytes},
                                  {QStringLiteral("included"), entry.included}, {QStringLiteral("pages"), entry.pages}, {QStringLiteral("are_scans"), entry.areScans}});
    return {{QStringLiteral("path"), document.path}, {QStringLiteral("title"), document.title}, {QStringLiteral("kind"), nameOf(kDocumentKinds, document.kind)},
            {QStringLiteral("files"), files}, {QStringLiteral("outline"), outline}, {QStringLiteral("ledger"), ledger}, {QStringLiteral("ocr_languages"), document.ocrLanguages}};
}

std::optional<Document> documentFrom(const QJsonObject& json, const QByteArray& text)
{
    bool sound = isUtf8(text);
    Fields fields(json, sound);
    Document document;
    document.path = fields.text("path");
    document.title = fields.text("title");
    document.kind = fields.oneOf<DocumentKind>("kind", kDocumentKinds);
    document.text = text;
    if (fields.has("ocr_languages"))
        document.ocrLanguages = fields.text("ocr_languages");
    for (const QJsonValue& value : fields.list("files")) {
        const QJsonObject object = value.toObject();
        Fields file(object, sound);
        document.files.append({file.text("path"), file.text("relative_path"), file.text("encoding"), file.bytes()});
        if (file.has("format")) {   // archives of version 1 without formatted documents have none
            const std::optional<QList<PlaceMark>> places = marksFrom(file.list("places"));
            file.demand(places.has_value());
            document.files.last().format = file.text("format");
            document.files.last().places = places.value_or(QList<PlaceMark>());
        }
    }
    QList<OutlineRow> rows;
    for (const QJsonValue& value : fields.list("outline")) {
        const QJsonObject object = value.toObject();
        Fields part(object, sound);
        const qint64 depth = part.number("depth");
        part.demand(0 <= depth && depth <= kDeepestPart);
        rows.append({static_cast<int>(depth), {part.text("title"), part.oneOf<PartKind>("kind", kPartKinds), part.bytes(), {}}});
    }
    for (const QJsonValue& value : fields.list("ledger")) {
        const QJsonObject object = value.toObject();
        Fields entry(object, sound);
        document.ledger.append({entry.text("what"), entry.text("why"), entry.number("bytes"), entry.truth("included")});
        if (entry.has("pages"))
            document.ledger.last().pages = static_cast<int>(std::clamp<qint64>(entry.number("pages"), 0, kMostPages));
        if (entry.has("are_scans"))
            document.ledger.last().areScans = entry.truth("are_scans");
        entry.demand(document.ledger.last().bytes >= 0);
    }
    if (!sound || !filesFit(document.files, text.size()))
        return std::nullopt;
    const std::optional<Part> outline = outlineOf(rows);
    if (!outline || !outlineFits(*outline, text.size()))
        return std::nullopt;
    document.outline = *outline;
    return document;
}

} // namespace octavo::app
