// SPDX-License-Identifier: Apache-2.0
#include "json_lines.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "octavo/parsers/protocol.h"

namespace octavo::parsers {

namespace {

using nlohmann::json;

constexpr double kProgressStep = 0.01;

void write(std::FILE* out, const json& line)
{
    const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
    std::fwrite(text.data(), 1, text.size(), out);
}

json markOf(const Mark& mark)
{
    const auto tenths = [](double points) { return std::round(10 * points) / 10; };
    return json::array({mark.at, mark.page, tenths(mark.box.x), tenths(mark.box.y), tenths(mark.box.width), tenths(mark.box.height), mark.name, mark.recognized});
}

} // namespace

void JsonLines::format(std::string_view name) { write(m_out, {{"format", name}}); }

void JsonLines::title(std::string_view title) { write(m_out, {{"title", title}}); }

void JsonLines::pages(int count) { write(m_out, {{"pages", count}}); }

void JsonLines::part(std::string_view title, int level) { write(m_out, {{"part", title}, {"level", level}}); }

void JsonLines::block(const Block& block)
{
    json line{{"block", kBlockKinds[std::size_t(block.kind)]}, {"level", block.level}, {"text", block.text}};
    for (const Mark& mark : block.marks)
        line["marks"].push_back(markOf(mark));
    write(m_out, line);
}

void JsonLines::remark(const Remark& remark) { write(m_out, {{"remark", remark.what}, {"why", remark.why}, {"pages", remark.pages}, {"scans_from", remark.scansFrom}}); }

void JsonLines::progress(double share)
{
    if (share < m_told + kProgressStep)
        return;
    m_told = share;
    write(m_out, {{"progress", share}});
    std::fflush(m_out);
}

void JsonLines::member(std::string_view path, std::string_view bytes)
{
    write(m_out, {{"member", path}, {"bytes", bytes.size()}});
    std::fwrite(bytes.data(), 1, bytes.size(), m_out);
    std::fputc('\n', m_out);
    std::fflush(m_out);
}

void JsonLines::end(const Parsed& parsed)
{
    if (!parsed)
        write(m_out, {{"fault", kFaultKinds[std::size_t(parsed.error().kind)]}, {"detail", parsed.error().detail}});
    write(m_out, {{"end", true}});
    std::fflush(m_out);
}

} // namespace octavo::parsers
