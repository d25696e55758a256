// SPDX-License-Identifier: Apache-2.0
// Stands in for octavo-parse and misbehaves: the format that it is asked for says how.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <unistd.h>

namespace {

void say(std::string_view words)
{
    while (!words.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, words.data(), words.size());
        if (written <= 0)
            std::_Exit(1);
        words.remove_prefix(std::size_t(written));
    }
}

void hang()
{
    for (;;)
        ::pause();
}

void sayForEver(std::string_view words)
{
    std::string many;
    while (many.size() < 60'000)
        many += words;
    for (;;)
        say(many);
}

constexpr std::string_view kBlock = "{\"block\": \"paragraph\", \"level\": 1, \"text\": \"words\", \"marks\": [[0, 1, 2, 3, 4, 5, \"\"]]}\n";
constexpr std::string_view kEnd = "{\"end\": true}\n";

struct Way {
    std::string_view name;
    void (*go)();
};

constexpr Way kWays[] = {
    {"says a word and ends", [] { say(kBlock); say(kEnd); }},
    {"ends before it reads", [] {}},
    {"dies at once", [] { std::raise(SIGKILL); }},
    {"dies midway", [] { say(kBlock); std::raise(SIGSEGV); }},
    {"dies in the middle of a line", [] { say(kBlock.substr(0, 20)); std::raise(SIGABRT); }},
    {"ends without its last line", [] { say(kBlock); }},
    {"dies in a member", [] { say("{\"member\": \"a\", \"bytes\": 100}\nabc"); std::raise(SIGKILL); }},
    {"hangs", hang},
    {"hangs midway", [] { say(kBlock); hang(); }},
    {"hangs and does not want to die", [] { std::signal(SIGTERM, SIG_IGN); hang(); }},
    {"hangs with its mouth shut", [] { ::close(STDOUT_FILENO); hang(); }},
    {"hangs after the end", [] { say(kBlock); say(kEnd); hang(); }},
    {"goes on after the end", [] { say(kBlock); say(kEnd); sayForEver(kBlock); }},
    {"speaks garbage", [] { say("\x01\x02\xff no parser says this\n"); hang(); }},
    {"speaks JSON that is no object", [] { say("[1, 2]\n"); hang(); }},
    {"ends nested too deep", [] { say("{\"block\": " + std::string(100'000, '[') + '\n'); hang(); }},
    {"never ends a line", [] { sayForEver("{\"block\": "); }},
    {"never ends its text", [] { sayForEver(kBlock); }},
    {"never ends its remarks", [] { sayForEver("{\"remark\": \"a\", \"why\": \"b\"}\n"); }},
    {"never ends its contents", [] { sayForEver("{\"part\": \"a\", \"level\": 1}\n"); }},
    {"never ends its members", [] { sayForEver("{\"member\": \"a\", \"bytes\": 3}\nabc\n"); }},
    {"has a member larger than said", [] { say("{\"member\": \"a\", \"bytes\": 3}\nabcdef\n"); say(kEnd); }},
    {"has a member smaller than said", [] { say("{\"member\": \"a\", \"bytes\": 300}\nabcdef\n"); say(kEnd); }},
    {"has a member of less than nothing", [] { say("{\"member\": \"a\", \"bytes\": -3}\nabcdef\n"); say(kEnd); }},
    {"has a member of all memory", [] { say("{\"member\": \"a\", \"bytes\": 1000000000000}\n"); hang(); }},
    {"has a fault of its own making", [] { say("{\"fault\": \"moonlight\", \"detail\": \"x\"}\n"); say(kEnd); }},
    {"waits for all to be read", [] { say(kBlock); ::usleep(300'000); say(kEnd); }},
};

} // namespace

int main(int argc, char** argv)
{
    for (const Way& way : kWays) {
        if (argc == 2 && way.name == argv[1]) {
            way.go();
            return 0;
        }
    }
    std::fputs("usage: octavo-fake-parser WAY\n", stderr);
    return 2;
}
