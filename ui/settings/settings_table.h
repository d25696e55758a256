// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include <QString>
#include <QVariant>

namespace octavo::ui {

// What a person can set. Each has one row in settingsTable(), by which it is kept, checked and shown.
enum class Setting {
    Theme, Language, TextPercent, KeepLayout,
    BookFace, BookPercent, LineCharacters, Direction,
    Temperature, AnswerTokens, ShortAnswers, OwnAdapters,
    MapLogarithmic, MapAsTable,
    OpenNewest, AskBeforeClosing, AskBeforeRemoving, TellEnd,
    Device, GpuLayers, Threads,
};

struct OnOff {};               // values are bool

struct Number {                // values are double, whole if there are no decimals
    double least;
    double most;
    double step;
    int decimals = 0;
    const char* unit = "";     // behind the number
    const char* leastText = nullptr;   // shown in place of the least
};

struct Choice {                // values are the names
    struct Option {
        const char* name;
        const char* text;
    };
    std::vector<Option> options;
};

struct SettingRow {
    Setting setting;
    const char* name;          // its key in window.ini, and the name of its control
    const char* group;
    const char* text;
    const char* help;
    std::variant<OnOff, Number, Choice> form;
    QVariant byDefault;
    bool atStart = false;      // has its effect when Octavo is started the next time
};

// Rows of one group stand together; texts are untranslated, for settingText().
const std::vector<SettingRow>& settingsTable();
const SettingRow& rowOf(Setting setting);
QString settingText(const char* text);

// The value in its own type, or none if it is none of those that the setting may have.
std::optional<QVariant> validValue(const SettingRow& row, const QVariant& stored);

} // namespace octavo::ui
