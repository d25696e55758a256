// SPDX-License-Identifier: Apache-2.0
// Facts hidden in a book, worded as the published reference words them.
#include "eval/dice.h"
#include "eval/task_maker.h"

namespace octavo::app {

namespace {

constexpr int kDigits = 5;
constexpr std::size_t kSeveral = 5;

std::string factAbout(const std::string& city, const std::string& secret)
{
    return "The secret number of " + city + " is " + secret + ". Remember it. " + secret + " is the secret number of " + city + '.';
}

} // namespace

Result<EvalTask> factTask(const TaskMaker& maker, const TaskOrder& order, Dice& dice)
{
    std::vector<std::string> cities{"Lisbon", "Marseille", "Helsinki", "Toledo", "Kyoto", "Havana", "Nairobi", "Bergen", "Tunis", "Quito", "Riga", "Perth"};
    std::vector<std::string> people{"Harriet Lowe", "Tobias Grant", "Miriam Stone", "Felix Ward", "Agnes Holt", "Conrad Pike"};
    dice.shuffle(cities);
    dice.shuffle(people);
    EvalTask task;
    task.maxTokens = 16;
    const std::string secret = dice.number(kDigits);
    task.answers = {secret};
    task.question = "What is the secret number of " + cities[0] + '?';
    task.answerStart = "The secret number of " + cities[0] + " is";

    // Depths are spread evenly over the samples, so that few samples still see the whole text.
    const double depth = (static_cast<double>(order.sample) + 0.5) / static_cast<double>(order.samples);
    std::vector<HiddenSentence> hidden{{factAbout(cities[0], secret), depth, true}};
    if (order.name == "facts") {
        for (std::size_t other = 1; other < kSeveral; ++other) {
            const double shifted = depth + static_cast<double>(other) / kSeveral;
            hidden.push_back({factAbout(cities[other], dice.number(kDigits)), shifted < 1 ? shifted : shifted - 1, false});
        }
    } else if (order.name == "two_step") {
        const auto lives = [](const std::string& who, const std::string& where) { return who + " lives in " + where + ". The home of " + who + " is " + where + '.'; };
        const double far = depth < 0.5 ? depth + 0.5 : depth - 0.5;
        hidden.push_back({lives(people[0], cities[0]), far, true});
        hidden.push_back({lives(people[1], cities[1]), depth < 0.5 ? depth + 0.25 : depth - 0.25, false});
        hidden.push_back({factAbout(cities[1], dice.number(kDigits)), far < 0.5 ? far + 0.3 : far - 0.3, false});
        task.question = "What is the secret number of the city in which " + people[0] + " lives?";
        task.answerStart = "The secret number of the city in which " + people[0] + " lives is";
    }

    std::uint64_t taken = maker.count(task.question) + maker.count(task.answerStart) + task.maxTokens;
    for (const HiddenSentence& sentence : hidden)
        taken += maker.count(sentence.text) + 2;
    if (order.tokens < taken + 64)
        return tooFewTokens(order, taken + 64);
    auto text = maker.piece(dice, order.tokens - taken);
    if (!text)
        return text.error();
    task.text = std::move(*text);
    hide(std::move(hidden), task);
    return task;
}

} // namespace octavo::app
