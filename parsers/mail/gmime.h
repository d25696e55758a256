// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gmime/gmime.h>

// What Octavo asks of GMime, in C++: owners for what it hands out, and UTF-8 whatever a mail holds.
namespace octavo::parsers::mime {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

// Nothing if it is not even malformed: no header at all. The bytes may go afterwards.
Owned<GMimeMessage> messageIn(std::string_view bytes);

std::string header(GMimeMessage* message, const char* name);   // decoded, on one line; empty if there is none
std::string textOf(GMimeTextPart* part);                       // in its charset's stead UTF-8
std::string contentOf(GMimePart* part);                        // its bytes, no longer in base64 or the like

bool isType(GMimeObject* part, const char* type, const char* subtype);   // "*": any
bool isAttachment(GMimeObject* part);                                    // says so itself
bool isInline(GMimeObject* part);                                        // says so itself
bool parameterIs(GMimeObject* part, const char* name, const char* value);

} // namespace octavo::parsers::mime
