// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>

#include "octavo/parsers/block.h"

namespace octavo::parsers {

// Writes what a parser finds as octavo/parsers/protocol.h has it. Bytes that are no UTF-8 come out as U+FFFD.
class JsonLines : public Sink {
public:
    explicit JsonLines(std::FILE* out) : m_out(out) {}

    void format(std::string_view name) override;
    void title(std::string_view title) override;
    void pages(int count) override;
    void part(std::string_view title, int level) override;
    void block(const Block& block) override;
    void remark(const Remark& remark) override;
    void progress(double share) override;
    void member(std::string_view path, std::string_view bytes) override;
    void end(const Parsed& parsed);

private:
    std::FILE* m_out;
    double m_told = 0;
};

} // namespace octavo::parsers
