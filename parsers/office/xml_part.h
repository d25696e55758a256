// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "archive/members.h"
#include "markup/xml.h"

namespace octavo::parsers {

// One of the XML files that an office document consists of; null if it is not there or not well-formed.
XmlDocument xmlPart(const Members& members, const std::string& path);

} // namespace octavo::parsers
