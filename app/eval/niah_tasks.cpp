// SPDX-License-Identifier: Apache-2.0
// RULER's needles in a haystack.
#include <algorithm>
#include <set>

#include "eval/dice.h"
#include "eval/task_maker.h"
#include "eval/word_lists.h"

namespace octavo::app {

namespace {

constexpr int kDigits = 7;
constexpr std::size_t kDepths = 40;     // places at which needles may stand, 0 to 100 %
constexpr const char* kNoise = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

struct NiahKind {
    const char* name;
    enum class Haystack { Noise, Book, Needles } haystack;
    bool uuidKeys, uuidValues;
    unsigned keys, values, queries;
};
constexpr NiahKind kKinds[] = {{"niah_single_1", NiahKind::Haystack::Noise, false, false, 1, 1, 1},
                               {"niah_single_2", NiahKind::Haystack::Book, false, false, 1, 1, 1},
                               {"niah_single_3", NiahKind::Haystack::Book, false, true, 1, 1, 1},
                               {"niah_multikey_1", NiahKind::Haystack::Book, false, false, 4, 1, 1},
                               {"niah_multikey_2", NiahKind::Haystack::Needles, false, false, 1, 1, 1},
                               {"niah_multikey_3", NiahKind::Haystack::Needles, true, true, 1, 1, 1},
                               {"niah_multivalue", NiahKind::Haystack::Book, false, false, 1, 4, 1},
                               {"niah_multiquery", NiahKind::Haystack::Book, false, false, 4, 1, 4}};

// Keys and values that have not been used yet.
class Needles {
public:
    Needles(const NiahKind& kind, Dice& dice) : m_kind(kind), m_dice(dice) {}

    std::string key() { return fresh([&] { return m_kind.uuidKeys ? m_dice.uuid() : keyWord(m_dice); }); }
    std::string value() { return fresh([&] { return m_kind.uuidValues ? m_dice.uuid() : m_dice.number(kDigits); }); }
    std::string sentence(const std::string& key, const std::string& value) const
    {
        return "One of the special magic " + std::string(m_kind.uuidValues ? "uuids" : "numbers") + " for " + key + " is: " + value + '.';
    }

private:
    template <class Make>
    std::string fresh(Make make)
    {
        // There are 4,096 key words; a haystack of needles may need more, which then repeat, as RULER's would: only the asked key must be alone.
        std::string made = make();
        for (int tries = 0; tries < 64 && !m_used.insert(made).second; ++tries)
            made = make();
        return made;
    }

    const NiahKind& m_kind;
    Dice& m_dice;
    std::set<std::string> m_used;
};

std::string joined(const std::vector<std::string>& parts)
{
    std::string text;
    for (std::size_t at = 0; at < parts.size(); ++at)
        text += (at == 0 ? "" : at + 1 == parts.size() ? ", and " : ", ") + parts[at];
    return text;
}

} // namespace

Result<EvalTask> niahTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice)
{
    const NiahKind& kind = *std::find_if(std::begin(kKinds), std::end(kKinds), [&](const NiahKind& known) { return known.name == order.name; });
    Needles needles(kind, dice);
    EvalTask task;
    std::vector<std::string> asked;
    std::vector<HiddenSentence> hidden;
    std::vector<std::size_t> depths(kDepths);
    for (std::size_t at = 0; at < kDepths; ++at)
        depths[at] = at;
    dice.shuffle(depths);
    for (unsigned key = 0; key < kind.keys; ++key) {
        const std::string name = needles.key();
        const bool isAsked = key < kind.queries;
        if (isAsked)
            asked.push_back(name);
        for (unsigned value = 0; value < kind.values; ++value) {
            const std::string secret = needles.value();
            if (isAsked)
                task.answers.push_back(secret);
            const double depth = static_cast<double>(depths[hidden.size()]) / static_cast<double>(kDepths - 1);
            hidden.push_back({needles.sentence(name, secret), depth, isAsked});
        }
    }

    const bool one = kind.values * kind.queries == 1;
    const std::string type = std::string(kind.uuidValues ? "uuid" : "number") + (one ? "" : "s");
    const std::string intro = one ? "A special magic " + type + " is hidden within the following text. Make sure to memorize it. I will quiz you about the "
                                        + type + " afterwards.\n"
                                  : "Some special magic " + type + " are hidden within the following text. Make sure to memorize it. I will quiz you about the "
                                        + type + " afterwards.\n";
    const std::string whose = joined(asked);
    task.question = (one ? "What is the special magic " : "What are all the special magic ") + type + " for " + whose + " mentioned in the provided text?";
    task.answerStart = "The special magic " + type + " for " + whose + " mentioned in the provided text " + (one ? "is" : "are");

    std::uint64_t taken = maker.count(intro) + maker.count(task.question) + maker.count(task.answerStart) + task.maxTokens;
    for (const HiddenSentence& sentence : hidden)
        taken += maker.count(sentence.text) + 2;
    if (order.tokens < taken + 64)
        return tooFewTokens(order, taken + 64);
    const std::uint64_t room = order.tokens - taken;
    switch (kind.haystack) {
    case NiahKind::Haystack::Noise: {
        const std::uint64_t each = maker.count(std::string(kNoise) + '\n') + 1;
        for (std::uint64_t line = 0; line < room / each; ++line)
            task.text += std::string(kNoise) + '\n';
        break;
    }
    case NiahKind::Haystack::Book: {
        auto text = maker.piece(dice, room);
        if (!text)
            return text.error();
        task.text = std::move(*text);
        break;
    }
    case NiahKind::Haystack::Needles:
        for (std::uint64_t used = 0;;) {
            const std::string line = needles.sentence(needles.key(), needles.value()) + '\n';
            used += maker.count(line) + 1;
            if (used > room)
                break;
            task.text += line;
        }
        break;
    }
    hide(std::move(hidden), task);
    putBefore(intro, task);
    return task;
}

} // namespace octavo::app
