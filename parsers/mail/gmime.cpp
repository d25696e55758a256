// SPDX-License-Identifier: Apache-2.0
#include "mail/gmime.h"

#include <mutex>

#include "text/utf8.h"
#include "text/words.h"

namespace octavo::parsers::mime {

namespace {

struct FreeOptions {
    void operator()(GMimeParserOptions* options) const { g_mime_parser_options_free(options); }
};
using Options = std::unique_ptr<GMimeParserOptions, FreeOptions>;

struct Free {
    void operator()(char* text) const { g_free(text); }
};

// Never shut down: GMime cannot be started again after that.
void start()
{
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

// Without it GMime takes raw bytes in headers for what this machine's locale says.
Options options()
{
    Options result(g_mime_parser_options_new());
    const char* charsets[] = {"utf-8", "windows-1252", nullptr};
    g_mime_parser_options_set_fallback_charsets(result.get(), charsets);
    return result;
}

// Those who say ISO-8859-1 mean Windows-1252 or do not know what they mean.
bool saysNothingOfCharset(GMimeObject* part)
{
    const char* charset = g_mime_object_get_content_type_parameter(part, "charset");
    const std::string name = charset ? lowerAscii(charset) : std::string();
    return name.empty() || name == "us-ascii" || name == "ascii" || name == "iso-8859-1" || name == "latin1";
}

} // namespace

Owned<GMimeMessage> messageIn(std::string_view bytes)
{
    if (bytes.empty())
        return nullptr;
    start();
    const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
    const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), options().get()));
    const bool anyHeader = message && g_mime_header_list_get_count(g_mime_object_get_header_list(GMIME_OBJECT(message.get()))) > 0;
    return anyHeader ? std::move(message) : nullptr;
}

std::string header(GMimeMessage* message, const char* name)
{
    const char* value = g_mime_object_get_header(GMIME_OBJECT(message), name);
    return value ? squeezed(validUtf8(value)) : std::string();
}

std::string textOf(GMimeTextPart* part)
{
    if (saysNothingOfCharset(GMIME_OBJECT(part)))
        return validUtf8(contentOf(GMIME_PART(part)));
    const std::unique_ptr<char, Free> text(g_mime_text_part_get_text(part));
    return validUtf8(text ? text.get() : contentOf(GMIME_PART(part)));
}

std::string contentOf(GMimePart* part)
{
    GMimeDataWrapper* content = g_mime_part_get_content(part);
    if (!content)
        return {};
    const Owned<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, stream.get());
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return bytes->len > 0 ? std::string(reinterpret_cast<const char*>(bytes->data), bytes->len) : std::string();
}

bool isType(GMimeObject* part, const char* type, const char* subtype)
{
    GMimeContentType* own = g_mime_object_get_content_type(part);
    return own && g_mime_content_type_is_type(own, type, subtype);
}

bool isAttachment(GMimeObject* part)
{
    const char* disposition = g_mime_object_get_disposition(part);
    return disposition && lowerAscii(disposition) == "attachment";
}

bool isInline(GMimeObject* part)
{
    const char* disposition = g_mime_object_get_disposition(part);
    return disposition ? lowerAscii(disposition) == "inline" : g_mime_object_get_content_id(part) != nullptr;
}

bool parameterIs(GMimeObject* part, const char* name, const char* value)
{
    const char* own = g_mime_object_get_content_type_parameter(part, name);
    return own && lowerAscii(own) == value;
}

} // namespace octavo::parsers::mime
