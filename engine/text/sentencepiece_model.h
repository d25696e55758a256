// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "text/vocabulary.h"

namespace octavo {

// A serialized sentencepiece ModelProto of a vocabulary, for SentencePieceProcessor::LoadFromSerializedProto: byte-pair merges by score, byte
// fallback, no normalization, no space prefix. Ids are those of the vocabulary; one id past its end stands for the unknown, which byte
// fallback never gives. Special tokens, user-defined ones too, are in it under names that no UTF-8 text can spell. `scores` has one
// entry for each token. Stateless, any thread.
//
// Written by hand, since Debian ships no header for this message: sentencepiece's src/sentencepiece_model.proto has the field numbers, and the
// protobuf encoding guide the rest (a field is its number << 3 | kind; kind 0 a varint, 2 a length and bytes, 5 four bytes).
std::string sentencepieceModel(const Vocabulary& vocabulary, std::span<const float> scores);

} // namespace octavo
