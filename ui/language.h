// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

class QCoreApplication;

namespace octavo::ui {

// Gives the application the words, dates and numbers of a language: a choice of Setting::Language, "system" for the desktop's. Where Octavo has
// no words of it they stay English. To be called before the first widget is made, which would keep the words it has.
void useLanguage(QCoreApplication& application, const QString& choice);

} // namespace octavo::ui
