// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "eval/dice.h"

namespace octavo::app {

// "amber-lantern": names of things that stand in no book, as RULER's keys are made of an adjective and a noun.
inline std::string keyWord(Dice& dice)
{
    static const std::vector<std::string> adjectives{
        "amber", "ancient", "brave", "brisk", "bronze", "calm", "clever", "coarse", "crimson", "curly", "dapper", "dusty", "eager", "early", "faint", "fancy",
        "fierce", "frosty", "gentle", "giddy", "golden", "grumpy", "hollow", "humble", "icy", "ivory", "jolly", "keen", "lanky", "lofty", "lucky", "mellow",
        "misty", "modest", "narrow", "nimble", "odd", "pale", "plush", "polite", "proud", "quaint", "quick", "rapid", "rugged", "rusty", "scarlet", "shy",
        "silent", "sleepy", "sober", "spicy", "stale", "sturdy", "tidy", "timid", "tough", "upbeat", "vague", "velvet", "wary", "wicked", "witty", "zesty"};
    static const std::vector<std::string> nouns{
        "anchor", "anvil", "badger", "banjo", "barley", "basket", "beacon", "bellows", "bobbin", "bonnet", "bramble", "bucket", "cactus", "candle", "carpet",
        "cedar", "chisel", "clover", "compass", "cradle", "dagger", "dolphin", "falcon", "fiddle", "funnel", "garnet", "goblet", "hammer", "harbor", "hatchet",
        "hazel", "igloo", "jigsaw", "kettle", "ladder", "lantern", "lemon", "magnet", "marble", "mitten", "nutmeg", "oyster", "paddle", "pebble", "pigeon",
        "pillow", "quiver", "rafter", "ribbon", "saddle", "saucer", "sickle", "spindle", "tablet", "thimble", "trumpet", "tulip", "turnip", "violin", "walnut",
        "walrus", "whistle", "willow", "zipper"};
    return dice.oneOf(adjectives) + '-' + dice.oneOf(nouns);
}

} // namespace octavo::app
