// SPDX-License-Identifier: Apache-2.0
#include "language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

static void initTranslations() { Q_INIT_RESOURCE(translations); }   // must stand outside of namespaces

namespace octavo::ui {

void useLanguage(QCoreApplication& application, const QString& choice)
{
    initTranslations();
    const QLocale desktop = QLocale::system();
    const QLocale locale = choice == QLatin1String("system") ? desktop : QLocale(choice);
    // "English" on an English desktop leaves its dates as they are: a Briton's are not an American's.
    if (locale.language() != desktop.language())
        QLocale::setDefault(locale);
    auto* words = new QTranslator(&application);
    if (!words->load(locale, QStringLiteral("octavo"), QStringLiteral("_"), QStringLiteral(":/translations")))
        return delete words;
    QCoreApplication::installTranslator(words);
    auto* toolkit = new QTranslator(&application);   // "Cut", "Paste", the buttons of dialogs; they stay English where Qt's translations are not installed
    if (toolkit->load(locale, QStringLiteral("qtbase"), QStringLiteral("_"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(toolkit);
    else
        delete toolkit;
}

} // namespace octavo::ui
