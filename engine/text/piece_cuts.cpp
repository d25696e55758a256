// SPDX-License-Identifier: Apache-2.0
#include "text/piece_cuts.h"

#include "text/utf8.h"

namespace octavo {

void PieceCuts::addPiece(std::string_view piece)
{
    auto left = firstCharacter(piece);
    while (left) {
        piece.remove_prefix(left->size);
        const auto right = firstCharacter(piece);
        if (right)
            m_pairs.insert(pairOf(left->code, right->code));
        left = right;
    }
}

} // namespace octavo
