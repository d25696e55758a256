// SPDX-License-Identifier: Apache-2.0
#include "keys/key_table.h"

#include <algorithm>

#include <QCoreApplication>

namespace octavo::ui {

namespace {

#define TEXT(words) QT_TRANSLATE_NOOP("octavo::ui", words)   // lupdate is told of it in resources/translations/update.sh

constexpr const char* kFiles = TEXT("Files");
constexpr const char* kReader = TEXT("Reading");
constexpr const char* kTalk = TEXT("Conversations");
constexpr const char* kWindow = TEXT("Window");
constexpr const char* kFixed = TEXT("Always the same");

std::vector<KeyRow> makeTable()
{
    const auto fixed = [](const char* text, QList<QKeySequence> keys) { return KeyRow{"", kFixed, text, std::move(keys)}; };
    return {
        {"open", kFiles, TEXT("Open files"), {QKeySequence::Open}, "addButton"},
        {"openFolder", kFiles, TEXT("Open a folder"), {Qt::CTRL | Qt::SHIFT | Qt::Key_O}},
        {"summarize", kFiles, TEXT("Summarize"), {Qt::CTRL | Qt::SHIFT | Qt::Key_M}},
        {"import", kFiles, TEXT("Import conversations"), {}},
        {"exportAll", kFiles, TEXT("Export everything"), {}},
        {"models", kFiles, TEXT("Models"), {Qt::CTRL | Qt::SHIFT | Qt::Key_L}},
        {"diskSpace", kFiles, TEXT("Disk space"), {}},
        {"checkLibrary", kFiles, TEXT("Check the library"), {}},

        {"find", kReader, TEXT("Find in this document, or conversation"), {QKeySequence::Find}, "findButton"},
        {"findNext", kReader, TEXT("Next match"), {Qt::Key_F3}, "findNext"},
        {"findPrevious", kReader, TEXT("Previous match"), {Qt::SHIFT | Qt::Key_F3}, "findPrevious"},
        {"contents", kReader, TEXT("Contents"), {Qt::CTRL | Qt::Key_G}, "contentsButton"},
        {"pages", kReader, TEXT("Text or pages of a PDF"), {Qt::CTRL | Qt::SHIFT | Qt::Key_P}, "textViewButton pageViewButton"},
        {"back", kReader, TEXT("Back"), {Qt::ALT | Qt::Key_Left}, "backButton"},
        {"forward", kReader, TEXT("Forward"), {Qt::ALT | Qt::Key_Right}, "forwardButton"},

        {"ask", kTalk, TEXT("Go to the question"), {Qt::CTRL | Qt::Key_L}},
        {"newConversation", kTalk, TEXT("New conversation"), {QKeySequence::New}, "newSessionButton newConversationButton"},
        {"searchConversations", kTalk, TEXT("Search conversations"), {Qt::CTRL | Qt::Key_K}},
        {"branches", kTalk, TEXT("All branches of the conversation"), {Qt::CTRL | Qt::Key_B}, "branchesButton"},
        {"editQuestion", kTalk, TEXT("Ask the last question in other words"), {Qt::CTRL | Qt::SHIFT | Qt::Key_E}},
        {"stop", kTalk, TEXT("Stop answering or reading"), {Qt::Key_Escape}, "stopButton stopReadingButton stopSummaryButton"},
        {"work", kTalk, TEXT("What is being done: pause, stop"), {Qt::CTRL | Qt::SHIFT | Qt::Key_J}},
        {"hops", kTalk, TEXT("Hops: where an answer looked"), {Qt::CTRL | Qt::Key_H}},

        {"nextPane", kWindow, TEXT("Next pane"), {Qt::Key_F6}},
        {"larger", kWindow, TEXT("Larger text"), {Qt::CTRL | Qt::Key_Plus, Qt::CTRL | Qt::Key_Equal}},
        {"smaller", kWindow, TEXT("Smaller text"), {Qt::CTRL | Qt::Key_Minus}},
        {"usualSize", kWindow, TEXT("Text of the usual size"), {Qt::CTRL | Qt::Key_0}},
        {"settings", kWindow, TEXT("Settings"), {Qt::CTRL | Qt::Key_Comma}},
        {"keys", kWindow, TEXT("Keyboard map"), {Qt::Key_F1}},

        fixed(TEXT("Send the question"), {Qt::Key_Return, Qt::Key_Enter}),
        fixed(TEXT("A new line in the question; the match before"), {Qt::SHIFT | Qt::Key_Return}),
        fixed(TEXT("Next and previous control"), {Qt::Key_Tab, Qt::SHIFT | Qt::Key_Tab}),
        fixed(TEXT("Copy, cut, paste"), {QKeySequence::Copy, QKeySequence::Cut, QKeySequence::Paste}),
        fixed(TEXT("Undo, redo"), {QKeySequence::Undo, QKeySequence::Redo}),
        fixed(TEXT("Select all"), {QKeySequence::SelectAll}),
        fixed(TEXT("Remove the document, or the conversation, of a list"), {Qt::Key_Delete}),
        fixed(TEXT("Rename the conversation of the list"), {Qt::Key_F2}),
        fixed(TEXT("Make a map larger and smaller"), {Qt::Key_Plus, Qt::Key_Minus}),
    };
}

#undef TEXT

} // namespace

const std::vector<KeyRow>& keyTable()
{
    static const std::vector<KeyRow> table = makeTable();
    return table;
}

const KeyRow& keyRow(const QString& name)
{
    const auto& table = keyTable();
    const auto found = std::find_if(table.begin(), table.end(), [&](const KeyRow& row) { return name == QLatin1String(row.name); });
    Q_ASSERT(found != table.end());
    return *found;
}

QString keyText(const char* text)
{
    return QCoreApplication::translate("octavo::ui", text);
}

} // namespace octavo::ui
