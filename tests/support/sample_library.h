// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "library/library.h"

namespace octavo::test {

// A library with something of everything, and all of it as text: to compare two of them.
class SampleLibrary {
public:
    static void fill(app::Library& library, int sessions = 6, int questions = 4)
    {
        using namespace app;
        const auto stored = library.write([&](Library& in) {
            QList<DocumentId> documents;
            for (int n = 0; n < 2; ++n)
                documents.append(in.documents().store(document(n)));
            for (int s = 0; s < sessions; ++s) {
                const SessionId session = in.sessions().add(QStringLiteral("Session %1").arg(s), documents);
                MessageId parent = 0;
                for (int q = 0; q < questions; ++q) {
                    parent = in.messages().add(session, message(Message::Role::User, parent, QStringLiteral("Question %1 of session %2: who nails the doubloon to the mast?").arg(q).arg(s)));
                    parent = in.messages().add(session, message(Message::Role::Assistant, parent, QStringLiteral("Answer %1 of session %2. Ahab nails it there himself, ").arg(q).arg(s).repeated(8)));
                    in.citations().store(parent, {{documents[0], QStringLiteral("Moby-Dick"), QStringLiteral("Chapter 36"), {5, 25}, 3, 0.25, QStringLiteral("the mast")}});
                    in.hops().store(parent, QByteArray("hops of message ") + QByteArray::number(parent) + QByteArray(300, 'h'));
                }
            }
            in.sessions().trash(1);
            in.settings().set(QStringLiteral("key"), QStringLiteral("value"));
            return documents;
        });
        Q_ASSERT(stored.ok());
        Q_UNUSED(stored);
    }

    static app::Document document(int number)
    {
        app::Document document;
        document.path = QStringLiteral("/books/%1.txt").arg(number);
        document.title = QStringLiteral("Moby-Dick %1").arg(number);
        for (int line = 0; line < 300; ++line)
            document.text += "Line " + QByteArray::number(line * (number + 7)) + " of a book about a white whale.\n";
        document.files = {{document.path, QStringLiteral("book.txt"), QStringLiteral("UTF-8"), {0, document.text.size()}}};
        document.outline = {document.title, app::PartKind::Book, {0, 40}, {{QStringLiteral("One"), app::PartKind::Chapter, {0, 20}, {}}}};
        document.ledger = {{QStringLiteral("x.bin"), QStringLiteral("binary file"), 7, false}};
        return document;
    }

    static app::Message message(app::Message::Role role, app::MessageId parent, const QString& text)
    {
        app::Message message;
        message.role = role;
        message.parent = parent;
        message.text = text;
        message.at = QDateTime::fromMSecsSinceEpoch(1000 + parent);
        return message;
    }

    // Everything there is, by name; what cannot be read says why.
    static std::map<std::string, std::string> everythingIn(app::Library& library, app::MessageId messages = 60)
    {
        using namespace app;
        std::map<std::string, std::string> all;
        const auto add = [&](const std::string& name, const auto& read) {
            const auto value = library.read(read);
            all[name] = value ? value->toStdString() : "cannot be read: " + value.error().sentence.toStdString();
        };
        for (DocumentId id = 1; id <= 3; ++id)
            add("document " + std::to_string(id), [id](Library& in) {
                const auto found = in.documents().load(id);
                return !found ? QStringLiteral("none")
                              : found->title + found->path + QString::fromUtf8(found->text) + QString::number(found->outline.parts.size())
                        + found->files.value(0).encoding + found->ledger.value(0).why;
            });
        for (SessionId id = 1; id <= 8; ++id)
            add("session " + std::to_string(id), [id](Library& in) {
                const auto found = in.sessions().find(id);
                QString text = !found ? QStringLiteral("none") : found->title + QString::number(found->documents.size());
                for (const Message& message : in.messages().branch(id))
                    text += QStringLiteral(" %1").arg(message.id);
                return text;
            });
        for (MessageId id = 1; id <= messages; ++id)
            add("message " + std::to_string(id), [id](Library& in) {
                const auto found = in.messages().find(id);
                if (!found)
                    return QStringLiteral("none");
                QString text = QStringLiteral("%1 %2 %3 %4 %5").arg(found->parent).arg(static_cast<int>(found->role)).arg(static_cast<int>(found->state)).arg(found->text, found->note);
                for (const Source& source : in.citations().of(id))
                    text += source.place + source.text + QString::number(source.weight);
                return text + QString::fromUtf8(in.hops().find(id).value_or(QByteArray()));
            });
        add("settings", [](Library& in) { return in.settings().value(QStringLiteral("key")); });
        add("search", [](Library& in) { return QString::number(in.sessions().search(QStringLiteral("doubloon")).size()); });
        return all;
    }
};

} // namespace octavo::test
