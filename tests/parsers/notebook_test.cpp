// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "recorded.h"

namespace octavo::parsers {
namespace {

using nlohmann::json;

std::string notebook(const std::vector<json>& cells) { return json{{"nbformat", 4}, {"nbformat_minor", 5}, {"metadata", json::object()},
    {"cells", cells}}.dump(); }

std::string read(const std::vector<json>& cells) { return recorded(parseNotebook, notebook(cells)); }

json markdown(const std::string& source) { return {{"cell_type", "markdown"}, {"source", source}}; }

json code(const std::string& source, const std::vector<json>& outputs = {})
{
    return {{"cell_type", "code"}, {"source", source}, {"outputs", outputs}};
}

json data(const json& forms) { return {{"output_type", "display_data"}, {"data", forms}}; }

struct Row {
    const char* name;
    json cell;
    std::string lines;
};

void expectAll(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(read({row.cell}), row.lines);
    }
}

TEST(Notebook, Markdown)
{
    expectAll({
        {"headings", markdown("# One #\n\n## C#\n###\n####no\n####### seven"),
            "heading 1: One\nheading 2: C#\nparagraph: ####no ####### seven\n"},
        {"underlined headings", markdown("One\n===\nTwo\n---\n\n---\n\n- a\n---"), "heading 1: One\nheading 2: Two\nitem 1: - a\n"},
        {"paragraphs", markdown("a\nb\n\n\nc  \nd\r\ne"), "paragraph: a b\nparagraph: c\\nd e\n"},
        {"fenced code", markdown("x\n```python\n# no heading\n\n  y\n```\n~~~~\n```\n~~~~\nz"),
            "paragraph: x\ncode: # no heading\\n\\n  y\ncode: ```\nparagraph: z\n"},
        {"code within a line is no fence", markdown("```a``` b\n# c"), "paragraph: ```a``` b\nheading 1: c\n"},
        {"fence without an end", markdown("```\na\n# b"), "code: a\\n# b\n"},
        {"items", markdown("Then:\n- a\n  goes on\n  * b\n    1. c\n- d\n\ne\n2) f\n-g"),
            "paragraph: Then:\nitem 1: - a goes on\nitem 2: * b\nitem 3: 1. c\nitem 1: - d\nparagraph: e\nitem 1: 2) f -g\n"},
        {"rows", markdown("| a | b |\n|:--|---|\n| c |  |\n|"), "row: a | b\nrow: c |\n"},
        {"quotes", markdown("a\n> b\n> c\n\nd"), "paragraph: a\nquote: b c\nparagraph: d\n"},
        {"empty", markdown(" \n\n"), ""},
        {"pictures in the text", markdown("a ![x](data:image/png;base64,iVBORw0KGgo+/=) b"),
            "paragraph: a ![x](data:image/png) b\nremark: 1 image (pictures are not read)\n"},
    });
}

TEST(Notebook, CodeAndOutputs)
{
    const json stream = {{"output_type", "stream"}, {"name", "stdout"}, {"text", {"10%\r", "20%\r\n", "\x1B[1;31mred\x1B[0m\n", "  x\n"}}};
    const json error = {{"output_type", "error"}, {"ename", "ValueError"}, {"evalue", "bad"},
        {"traceback", {"\x1B[0;31mTraceback\x1B[0m", "  line 1"}}};
    expectAll({
        {"code", code("\n  a = 1\n\nb\n\n"), "code:   a = 1\\n\\nb\n"},
        {"stream", code("x", {stream}), "code: x\ncode: 20%\\nred\\n  x\n"},
        {"error", code("x", {error}), "code: x\ncode: ValueError: bad\\nTraceback\\n  line 1\n"},
        {"result", code("", {data({{"text/plain", {"a\n", "b"}}, {"text/html", "<b>"}})}), "code: a\\nb\n"},
        {"pictures", code("", {data({{"image/png", "iVBO"}, {"text/plain", "<Figure>"}}), data({{"image/svg+xml", "<svg/>"}})}),
            "remark: 2 images (pictures are not read)\n"},
        {"markdown", code("", {data({{"text/markdown", "# a"}, {"text/plain", "<Markdown object>"}})}), "heading 1: a\n"},
        {"formula", code("", {data({{"text/latex", "$x$"}})}), "code: $x$\n"},
        {"only for a browser", code("", {data({{"text/html", "<b>"}, {"text/plain", "<HTML object>"}})}),
            "remark: 1 interactive output (only shown in a browser)\n"},
        {"an object", code("", {data({{"text/plain", "<object at 0x1>"}})}), "code: <object at 0x1>\n"},
        {"others", code("", {data({{"application/x", "y"}}), data({{"application/pdf", "y"}})}),
            "remark: 1 other output (of a kind that is not read)\nremark: 1 embedded PDF (not read)\n"},
        {"broken escapes", code("", {json{{"output_type", "stream"}, {"text", "a\x1B]8;;u\x1B\\b\x1B(Bc\x1Bé\x1B[12é\x1B[12"}}}),
            "code: abcéé\n"},
    });
}

TEST(Notebook, Version3)
{
    const json cells = {{{"cell_type", "heading"}, {"level", 2}, {"source", {"A\n", "b"}}}, {{"cell_type", "markdown"}, {"source", "text"}},
        {{"cell_type", "code"}, {"input", "x = 1"},
            {"outputs", {{{"output_type", "pyout"}, {"text", {"1"}}}, {{"output_type", "pyerr"}, {"ename", "E"}, {"evalue", "v"}},
            {{"output_type", "display_data"}, {"png", "iVBO"}, {"text", "<figure>"}}}}}};
    const json file = {{"nbformat", 3}, {"metadata", {{"name", ""}}},
        {"worksheets", {{{"cells", cells}}, {{"cells", {markdown("second")}}}}}};
    EXPECT_EQ(recorded(parseNotebook, file.dump(), Recorded::Marks::Shown),
        "heading 2: @[cell 1]A b\nparagraph: @[cell 2]text\ncode: @[cell 3]x = 1\ncode: 1\ncode: E: v\nparagraph: @[cell 4]second\n"
        "remark: 1 image (pictures are not read)\n");
}

TEST(Notebook, TitleAndMarks)
{
    const json cells = {markdown("# a\nb"), markdown(""), {{"cell_type", "raw"}, {"source", {"r\n", "s\n"}}}};
    const json file = {{"nbformat", 4}, {"metadata", {{"title", " A  title "}}}, {"cells", cells}};
    EXPECT_EQ(recorded(parseNotebook, file.dump(1), Recorded::Marks::Shown),
        "title: A title\nheading 1: @[cell 1]a\nparagraph: b\nparagraph: @[cell 3]r\\ns\n");
}

TEST(Notebook, WrongTypesAreLookedOver)
{
    for (const json& wrong : {json(), json(1), json("x"), json::array({1, json::object()}), json{{"a", 1}}, json(true)}) {
        for (const char* name : {"cell_type", "source", "outputs", "level"}) {
            json cell = code("x", {data({{"text/plain", "y"}})});
            cell[name] = wrong;
            read({cell, wrong});
        }
        for (const char* name : {"output_type", "text", "data", "ename", "evalue", "traceback"}) {
            for (const char* kind : {"stream", "error", "display_data"}) {
                json output = {{"output_type", kind}};
                output[name] = wrong;
                read({code("x", {output, wrong})});
            }
        }
        recorded(parseNotebook, json{{"metadata", wrong}, {"cells", wrong}, {"worksheets", wrong}}.dump());
    }
}

TEST(Notebook, MalformedFiles)
{
    for (const char* file : {"", "{", "[]", "{}", "1", "null", "{\"cells\": 1}", "{\"cells\": []", "\x80\xFF", "PK\3\4"})
        EXPECT_EQ(recorded(parseNotebook, file), "fault: damaged\n") << file;
    EXPECT_EQ(recorded(parseNotebook, "{\"cells\": []}"), "");
    EXPECT_EQ(recorded(parseNotebook, "\xEF\xBB\xBF{\"cells\": [{\"cell_type\": \"raw\", \"source\": \"x\"}]}"), "paragraph: x\n");
    EXPECT_EQ(recorded(parseNotebook, "{\"cells\": [{\"cell_type\": \"raw\", \"source\": \"caf\xE9\"}]}"), "paragraph: café\n");
    const std::string sample = notebook({markdown("# a\n\nb\n\n- c"), code("x", {data({{"text/plain", "y\"\\ü"}})})});
    readEveryPrefix(parseNotebook, sample);
    for (unsigned seed = 0; seed < 300; ++seed) {
        recorded(parseNotebook, damaged(sample, seed));
        recorded(parseNotebook, notebook({markdown(validUtf8(noise(2000, seed))), code(validUtf8(noise(2000, seed)))}));
    }
}

TEST(Notebook, DeepNesting)
{
    for (const std::string& open : {std::string("["), std::string("{\"a\":")}) {
        std::string deep = "{\"cells\":";
        for (int i = 0; i < 100'000; ++i)
            deep += open;
        EXPECT_EQ(recorded(parseNotebook, deep), "fault: damaged\n");
    }
    const std::string brackets(1000, '[');
    EXPECT_EQ(read({code("\"\\" + brackets)}), "code: \"\\" + brackets + '\n');
}

} // namespace
} // namespace octavo::parsers
