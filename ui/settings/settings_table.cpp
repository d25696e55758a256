// SPDX-License-Identifier: Apache-2.0
#include "settings/settings_table.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

namespace octavo::ui {

namespace {

#define TEXT(words) QT_TRANSLATE_NOOP("octavo::ui", words)   // lupdate is told of it in resources/translations/update.sh

constexpr const char* kLook = TEXT("Look");
constexpr const char* kBooks = TEXT("Books");
constexpr const char* kAnswers = TEXT("Answers");
constexpr const char* kHops = TEXT("Hops");
constexpr const char* kBehaviour = TEXT("Behaviour");
constexpr const char* kComputing = TEXT("Computing");

std::vector<SettingRow> makeTable()
{
    return {
        {Setting::Theme, "theme", kLook, TEXT("Colours"), TEXT("The desktop’s choice is followed where it tells whether it is dark."),
         Choice{{{"system", TEXT("As the desktop")}, {"light", TEXT("Light")}, {"dark", TEXT("Dark")},
                 {"contrast-light", TEXT("High contrast, light")}, {"contrast-dark", TEXT("High contrast, dark")}}},
         QStringLiteral("system")},
        {Setting::Language, "language", kLook, TEXT("Language"), TEXT("Of Octavo’s own words, dates and numbers; texts and answers stay in theirs."),
         Choice{{{"system", TEXT("As the desktop")}, {"en", "English"}, {"zh_CN", "中文"}}}, QStringLiteral("system"), true},
        {Setting::TextPercent, "text_percent", kLook, TEXT("Size of all text"), TEXT("Of the whole window, books among it."), Number{80, 200, 10, 0, " %"}, 100.0},
        {Setting::KeepLayout, "keep_layout", kLook, TEXT("Remember the window"), TEXT("Its size, its place and the widths of its panes."), OnOff{}, true},

        {Setting::BookFace, "book_face", kBooks, TEXT("Typeface of books"), TEXT("Code has a face of its own, with letters of one width."),
         Choice{{{"serif", TEXT("Serif (Charis)")}, {"sans", TEXT("Sans serif (Inter)")}, {"system", TEXT("As the desktop")}}}, QStringLiteral("serif")},
        {Setting::BookPercent, "book_percent", kBooks, TEXT("Size of books"), TEXT("Beside the size of all text; of code, too."), Number{70, 200, 10, 0, " %"}, 100.0},
        {Setting::LineCharacters, "line_characters", kBooks, TEXT("Width of lines"), TEXT("Lines of 60 to 80 letters are easiest to read. Code keeps 120."),
         Number{40, 140, 2, 0, TEXT(" letters")}, 74.0},
        {Setting::Direction, "direction", kBooks, TEXT("Reading direction"), TEXT("Of books; by itself, each paragraph goes by its own letters."),
         Choice{{{"auto", TEXT("By itself")}, {"ltr", TEXT("Left to right")}, {"rtl", TEXT("Right to left")}}}, QStringLiteral("auto")},

        {Setting::Temperature, "temperature", kAnswers, TEXT("Temperature"),
         TEXT("0 always takes the likeliest word, so that the same question gets the same answer; more is freer, and errs more."),
         Number{0, 2, 0.1, 1}, 0.0},
        {Setting::AnswerTokens, "answer_tokens", kAnswers, TEXT("Longest answer"), TEXT("A token is about three quarters of a word."),
         Number{16, 8192, 64, 0, TEXT(" tokens")}, 512.0},
        {Setting::ShortAnswers, "short_answers", kAnswers, TEXT("Short answers"), TEXT("Asks for one sentence. Small models, of less than a gigabyte, go on for pages otherwise, in the manner of the book."),
         Choice{{{"small", TEXT("From small models")}, {"always", TEXT("Always")}, {"never", TEXT("Never")}}}, QStringLiteral("small")},
        {Setting::OwnAdapters, "own_adapters", kAnswers, TEXT("Octavo’s adapters"),
         TEXT("Taught to some models, so that they find in long texts what is asked for. Readings are the same either way."), OnOff{}, true, true},

        {Setting::MapLogarithmic, "map_logarithmic", kHops, TEXT("Logarithmic maps"), TEXT("Shows small weights beside large ones."), OnOff{}, false},
        {Setting::MapAsTable, "map_as_table", kHops, TEXT("Maps as tables"), TEXT("The same numbers in rows and columns, for screen readers, too."), OnOff{}, false},

        {Setting::OpenNewest, "open_newest", kBehaviour, TEXT("Open the newest conversation at the start"), TEXT("Unless files are given."), OnOff{}, true},
        {Setting::AskBeforeClosing, "ask_before_closing", kBehaviour, TEXT("Ask before closing while it works"),
         TEXT("What is read so far is kept either way."), OnOff{}, true},
        {Setting::AskBeforeRemoving, "ask_before_removing", kBehaviour, TEXT("Ask before removing a document"),
         TEXT("Its file stays where it is either way; what Octavo has read of it is deleted."), OnOff{}, true},
        {Setting::TellEnd, "tell_end", kBehaviour, TEXT("Tell the desktop when long work ends"), TEXT("While another window is in front."), OnOff{}, true},

        {Setting::Device, "device", kComputing, TEXT("Device"), TEXT("By itself, the GPU is taken where one answers and has room for the model, or for some of its layers."),
         Choice{{{"auto", TEXT("By itself")}, {"cpu", TEXT("CPU")}, {"cuda", TEXT("GPU (NVIDIA)")}}}, QStringLiteral("auto"), true},
        {Setting::GpuLayers, "gpu_layers", kComputing, TEXT("Layers kept on the GPU"),
         TEXT("The others are brought for each pass: reading hardly notices, writing does. By itself, long texts get the room of as many layers as they need."),
         Number{-1, 1024, 1, 0, "", TEXT("as many as fit")}, -1.0, true},
        {Setting::Threads, "threads", kComputing, TEXT("Threads"), TEXT("Fewer leave the machine freer for other programs."),
         Number{0, 256, 1, 0, "", TEXT("all")}, 0.0, true},
    };
}

#undef TEXT

std::optional<QVariant> validNumber(const Number& number, const QVariant& stored)
{
    bool isNumber = false;
    const double value = stored.toDouble(&isNumber);
    const bool fits = isNumber && value >= number.least && value <= number.most && (number.decimals > 0 || value == std::floor(value));
    return fits ? std::optional<QVariant>(value) : std::nullopt;
}

std::optional<QVariant> validChoice(const Choice& choice, const QString& stored)
{
    const bool known = std::any_of(choice.options.begin(), choice.options.end(),
                                   [&](const Choice::Option& option) { return stored == QLatin1String(option.name); });
    return known ? std::optional<QVariant>(stored) : std::nullopt;
}

std::optional<QVariant> validOnOff(const QString& stored)
{
    if (stored == QLatin1String("true"))
        return true;
    if (stored == QLatin1String("false"))
        return false;
    return {};
}

} // namespace

const std::vector<SettingRow>& settingsTable()
{
    static const std::vector<SettingRow> table = makeTable();
    return table;
}

const SettingRow& rowOf(Setting setting)
{
    const auto& table = settingsTable();
    const auto found = std::find_if(table.begin(), table.end(), [setting](const SettingRow& row) { return row.setting == setting; });
    Q_ASSERT(found != table.end());
    return *found;
}

QString settingText(const char* text)
{
    return QCoreApplication::translate("octavo::ui", text);
}

std::optional<QVariant> validValue(const SettingRow& row, const QVariant& stored)
{
    if (const auto* number = std::get_if<Number>(&row.form))
        return validNumber(*number, stored);
    if (const auto* choice = std::get_if<Choice>(&row.form))
        return validChoice(*choice, stored.toString());
    return validOnOff(stored.toString());
}

} // namespace octavo::ui
