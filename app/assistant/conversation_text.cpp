// SPDX-License-Identifier: Apache-2.0
#include "octavo/app/conversation_text.h"

#include <QLocale>
#include <QRegularExpression>
#include <md4c-html.h>
#include <nlohmann/json.hpp>

#include "assistant/hop_svg.h"
#include "assistant/markdown_words.h"

namespace octavo::app {

namespace {

using Json = nlohmann::json;
using Role = Message::Role;

QString dateText(const QDateTime& at)
{
    return at.isValid() ? QLocale::c().toString(at, QStringLiteral("d MMMM yyyy, HH:mm")) : QString();
}

QString shareText(double weight)
{
    return QStringLiteral("%1 %").arg(100 * weight, 0, 'f', 0);
}

QString placeText(const Source& source, bool several)
{
    const QString place = several || source.place.isEmpty() ? QStringLiteral("%1, %2").arg(source.documentTitle, source.place) : source.place;
    return source.page > 0 ? QStringLiteral("%1, page %2").arg(place).arg(source.page) : place;
}

QString settingsText(const AnswerSettings& settings)
{
    QString text = settings.model;
    if (settings.temperature > 0)
        text += QStringLiteral(", temperature %1, seed %2").arg(settings.temperature).arg(settings.seed);
    return text;
}

// Lines of a question as a quotation.
QString quoted(const QString& text)
{
    QString lines;
    for (const QString& line : text.split('\n'))
        lines += QStringLiteral("> %1  \n").arg(literalMarkdown(line));
    return lines;
}

QByteArray markdownOf(const ConversationText& text)
{
    const Session& session = text.session;
    const bool several = text.documents.size() > 1;
    QString markdown = QStringLiteral("# %1\n\n").arg(literalMarkdown(session.summary.title));
    for (const QString& document : text.documents)
        markdown += QStringLiteral("- %1\n").arg(literalMarkdown(document));
    for (const Message& message : session.messages) {
        if (message.role == Role::User) {
            markdown += QStringLiteral("\n---\n\n") + quoted(message.text) + '\n';
            continue;
        }
        markdown += message.text.trimmed() + QStringLiteral("\n\n");
        if (!message.note.isEmpty())
            markdown += QStringLiteral("*%1*\n\n").arg(literalMarkdown(message.note));
        for (qsizetype at = 0; at < message.sources.size(); ++at) {
            const Source& source = message.sources[at];
            markdown += QStringLiteral("%1. %2 (%3): “%4”\n").arg(QString::number(at + 1), literalMarkdown(placeText(source, several)), shareText(source.weight), literalMarkdown(source.text));
        }
        const QString settings = text.settings.contains(message.id) ? settingsText(text.settings[message.id]) : QString();
        const QString foot = settings.isEmpty() ? dateText(message.at) : QStringLiteral("%1 · %2").arg(dateText(message.at), settings);
        markdown += QStringLiteral("\n%1\n").arg(literalMarkdown(foot));
    }
    return markdown.toUtf8();
}

// An answer's Markdown. Pictures become their words, since they would be loaded; of links only web addresses stay.
QString htmlOfMarkdown(const QString& markdown)
{
    QByteArray html;
    const auto take = [](const MD_CHAR* piece, MD_SIZE size, void* all) { static_cast<QByteArray*>(all)->append(piece, qsizetype(size)); };
    const QByteArray bytes = markdown.toUtf8();
    if (md_html(bytes.constData(), MD_SIZE(bytes.size()), take, &html, MD_DIALECT_GITHUB | MD_FLAG_NOHTML, 0) != 0)
        return QStringLiteral("<p>%1</p>").arg(markupText(markdown));
    static const QRegularExpression picture(QStringLiteral("<img [^>]*alt=\"([^\"]*)\"[^>]*>")), address(QStringLiteral("<a href=\"(?!https?:)[^\"]*\"( title=\"[^\"]*\")?>"));
    return QString::fromUtf8(html).replace(picture, QStringLiteral("[\\1]")).replace(address, QStringLiteral("<a>"));
}

QByteArray htmlOf(const ConversationText& text)
{
    static constexpr const char* kStyle =
        "body { font-family: Inter, 'Noto Sans', sans-serif; max-width: 46em; margin: 32px auto; padding: 0 16px; line-height: 1.5; color: #1f2328; background: #ffffff; }\n"
        ".question { background: #eef1f4; border-radius: 8px; padding: 8px 16px; margin-top: 32px; white-space: pre-wrap; }\n"
        ".note, .foot { color: #57606a; font-size: 0.9em; }\n"
        "pre { background: #f6f8fa; padding: 8px; overflow-x: auto; }\n"
        "table { border-collapse: collapse; }\n"
        "th, td { border: 1px solid #d1d9e0; padding: 4px 8px; }\n";
    const Session& session = text.session;
    const QString title = markupText(session.summary.title);
    QString html = QStringLiteral("<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\"/>\n"
                                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
                                  "<title>%1</title>\n<style>\n%2</style>\n</head>\n<body>\n<h1>%1</h1>\n").arg(title, QLatin1String(kStyle));
    html += QStringLiteral("<ul>\n");
    for (const QString& document : text.documents)
        html += QStringLiteral("<li>%1</li>\n").arg(markupText(document));
    html += QStringLiteral("</ul>\n");
    for (const Message& message : session.messages) {
        if (message.role == Role::User) {
            html += QStringLiteral("<div class=\"question\" dir=\"auto\">%1</div>\n").arg(markupText(message.text));
            continue;
        }
        html += QStringLiteral("<div class=\"answer\" dir=\"auto\">\n%1</div>\n").arg(htmlOfMarkdown(message.text));
        if (!message.note.isEmpty())
            html += QStringLiteral("<p class=\"note\">%1</p>\n").arg(markupText(message.note));
        if (!message.sources.isEmpty())
            html += QStringLiteral("<ol class=\"sources\">\n");
        for (const Source& source : message.sources)
            html += QStringLiteral("<li>%1 (%2): <q dir=\"auto\">%3</q></li>\n")
                        .arg(markupText(placeText(source, text.documents.size() > 1)), shareText(source.weight), markupText(source.text.simplified()));
        if (!message.sources.isEmpty())
            html += QStringLiteral("</ol>\n");
        const QString settings = text.settings.contains(message.id) ? QStringLiteral(" · ") + settingsText(text.settings[message.id]) : QString();
        html += QStringLiteral("<p class=\"foot\">%1</p>\n").arg(markupText(dateText(message.at) + settings));
    }
    return (html + QStringLiteral("</body>\n</html>\n")).toUtf8();
}

Json jsonOf(const Source& source)
{
    return {{"document", source.documentTitle.toStdString()}, {"place", source.place.toStdString()}, {"page", source.page}, {"line", source.line},
            {"begin_byte", source.bytes.begin}, {"end_byte", source.bytes.end}, {"weight", source.weight}, {"text", source.text.toStdString()}};
}

QByteArray jsonOf(const ConversationText& text)
{
    Json messages = Json::array();
    for (const Message& message : text.session.messages) {
        const bool asks = message.role == Role::User;
        Json entry{{"role", asks ? "user" : "assistant"}, {"text", message.text.toStdString()}, {"note", message.note.toStdString()},
                   {"at", message.at.toString(Qt::ISODateWithMs).toStdString()}, {"complete", message.state == Message::State::Complete}};
        if (!asks) {
            entry["sources"] = Json::array();
            for (const Source& source : message.sources)
                entry["sources"].push_back(jsonOf(source));
        }
        if (text.settings.contains(message.id)) {
            const AnswerSettings& settings = text.settings[message.id];
            entry["settings"] = {{"model", settings.model.toStdString()}, {"model_hash", settings.modelHash.toStdString()}, {"max_tokens", settings.maxTokens},
                                 {"temperature", settings.temperature}, {"seed", settings.seed}};
        }
        messages.push_back(std::move(entry));
    }
    Json documents = Json::array();
    for (const QString& document : text.documents)
        documents.push_back(document.toStdString());
    const Json all{{"title", text.session.summary.title.toStdString()}, {"documents", documents}, {"messages", messages}};
    return QByteArray::fromStdString(all.dump(1, ' ', false, Json::error_handler_t::replace)) + '\n';
}

} // namespace

QByteArray writtenAs(const ConversationText& text, TextFormat format)
{
    switch (format) {
    case TextFormat::Markdown: return markdownOf(text);
    case TextFormat::Html: return htmlOf(text);
    case TextFormat::Json: return jsonOf(text);
    }
    return {};
}

} // namespace octavo::app
