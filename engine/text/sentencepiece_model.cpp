// SPDX-License-Identifier: Apache-2.0
#include "text/sentencepiece_model.h"

#include <bit>
#include <cstdint>
#include <string_view>

namespace octavo {
namespace {

enum class WireKind : std::uint32_t { Varint = 0, Bytes = 2, Fixed32 = 5 };

class ProtoWriter {
public:
    void number(std::uint32_t field, std::uint64_t value)
    {
        tag(field, WireKind::Varint);
        varint(value);
    }

    void real(std::uint32_t field, float value)
    {
        tag(field, WireKind::Fixed32);
        for (auto bits = std::bit_cast<std::uint32_t>(value), n = 0u; n < 4; ++n, bits >>= 8)
            m_bytes.push_back(static_cast<char>(bits & 0xFF));
    }

    void bytes(std::uint32_t field, std::string_view value)
    {
        tag(field, WireKind::Bytes);
        varint(value.size());
        m_bytes.append(value);
    }

    std::string take() { return std::move(m_bytes); }

private:
    void tag(std::uint32_t field, WireKind kind) { varint(field << 3 | static_cast<std::uint32_t>(kind)); }

    void varint(std::uint64_t value)
    {
        for (; value >= 0x80; value >>= 7)
            m_bytes.push_back(static_cast<char>(value | 0x80));
        m_bytes.push_back(static_cast<char>(value));
    }

    std::string m_bytes;
};

// ModelProto.SentencePiece. Its types have the numbers that GGUF has them by.
std::string pieceOf(std::string_view spelling, float score, TokenType type)
{
    ProtoWriter piece;
    piece.bytes(1, spelling);
    piece.real(2, score);
    piece.number(3, static_cast<std::uint64_t>(type));
    return piece.take();
}

} // namespace

std::string sentencepieceModel(const Vocabulary& vocabulary, std::span<const float> scores)
{
    ProtoWriter model;
    for (std::size_t id = 0; id < vocabulary.spellings.size(); ++id) {
        // 0xFF is in no UTF-8 text.
        if (vocabulary.special[id])
            model.bytes(1, pieceOf("\xFF" + std::to_string(id), 0, TokenType::Control));
        else
            model.bytes(1, pieceOf(vocabulary.spellings[id], scores[id], vocabulary.types[id]));
    }
    model.bytes(1, pieceOf("\xFF", 0, TokenType::Unknown));

    ProtoWriter trainer;
    constexpr std::uint64_t kBpe = 2;
    trainer.number(3, kBpe);   // model_type
    trainer.number(35, true);  // byte_fallback
    model.bytes(2, trainer.take());

    ProtoWriter normalizer;
    normalizer.bytes(1, "identity");
    normalizer.number(3, false);   // add_dummy_prefix
    normalizer.number(4, false);   // remove_extra_whitespaces
    normalizer.number(5, true);    // escape_whitespaces: a space is U+2581
    model.bytes(3, normalizer.take());
    return model.take();
}

} // namespace octavo
