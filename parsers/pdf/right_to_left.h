// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace octavo::parsers {

// Letters of Hebrew, Arabic and the other scripts that run from right to left; digits and vowel marks are none.
bool isRightToLeft(char32_t letter);

// Of Hebrew and Arabic, in the shape that it has beside its neighbours.
bool isPresentationForm(char32_t letter);

// The order in which a line is read whose letters are known from left to right only, as a page shows them. This is the Unicode bidirectional
// algorithm backwards, which FriBidi and ICU do not do: words and numbers that run from left to right keep their order, the rest is turned.
// Where a page can be read in two ways ("Gull 2" between Hebrew words) the one is taken that a person would. A tab stands between things that
// have nothing to do with each other, as cells of a table.
struct ReadingOrder {
    std::vector<std::size_t> places;   // of the letters, in the order in which they are read
    std::vector<bool> turned;          // by place: read from right to left, so a bracket may have its other shape
};
ReadingOrder readingOrder(std::u32string_view shown, bool lineIsRightToLeft);

// Whether a line as a whole runs from right to left: most of its words do, or it has its full stop on the left. `pageDoes` decides where
// that tells nothing.
bool runsRightToLeft(std::u32string_view shown, bool pageDoes);

// The other of a pair of brackets, or the letter itself.
char32_t mirrored(char32_t letter);

// Some programs note which bracket was meant, some which shape it has. `brackets` are those of a page's turned letters in the order in which
// they are read; true if they only make sense mirrored.
bool areMirrored(std::u32string_view brackets);

} // namespace octavo::parsers
