// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <QByteArray>

namespace octavo::test {

// Markdown of four chapters, each of more than the thousand tokens that a summary's chapter has at least, and each with an animal that no other has.
inline constexpr std::array kSummaryAnimals{"quagga", "narwhal", "ocelot", "tapir"};

inline QByteArray summaryBookText()
{
    QByteArray text;
    for (std::size_t chapter = 0; chapter < kSummaryAnimals.size(); ++chapter) {
        const QByteArray animal = kSummaryAnimals[chapter];
        text += "# Chapter " + QByteArray::number(static_cast<int>(chapter) + 1) + "\n\n";
        for (int paragraph = 0; paragraph < 16; ++paragraph)
            text += "On day " + QByteArray::number(paragraph + 1) + " the " + animal + " came down to the water and drank. The keeper wrote into the log that the " + animal
                + " was there, that the wind blew from the west, and that nobody else had seen it on that day. Then the boat went home, and the lamp was lit "
                  "on the tower as it was every night, so that the ships would know the rock and keep away from it until the morning came.\n\n";
    }
    return text;
}

} // namespace octavo::test
