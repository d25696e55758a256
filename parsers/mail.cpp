// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mail/attachment_names.h"
#include "mail/gmime.h"
#include "mail/mailbox.h"
#include "mail/plain_text.h"
#include "parsers.h"
#include "text/left_out.h"
#include "text/words.h"

namespace octavo::parsers {

namespace {

constexpr int kDeepestMessage = 20;     // within another, and so on
constexpr int kDeepestMultipart = 100;
constexpr std::string_view kEncrypted = "cannot be read without its key";

// The paragraphs of a page that is a mail's text: the mail has the title, and its subject is above all headings.
class PageInMail : public Sink {
public:
    PageInMail(Sink& mail, int level) : m_mail(mail), m_level(level) {}

    void format(std::string_view) override {}
    void title(std::string_view) override {}
    void pages(int) override {}
    void part(std::string_view, int) override {}
    void progress(double) override {}
    void member(std::string_view, std::string_view) override {}
    void remark(const Remark& remark) override { m_mail.remark(remark); }
    void block(const Block& block) override
    {
        Block moved{block.kind, block.level, block.text};   // without its marks: addresses within the page
        moved.level += block.kind == Block::Kind::Heading ? m_level : 0;
        m_mail.block(moved);
    }

private:
    Sink& m_mail;
    int m_level;
};

class Reader {
public:
    explicit Reader(Sink& sink) : m_sink(sink) {}

    void read(GMimeMessage* message, const std::string& mark);
    void skipMessage() { m_leftOut.one("message", "no header"); }
    void finish() { m_leftOut.report(m_sink); }

private:
    void message(GMimeMessage* message, int depth);
    void heads(GMimeMessage* message);
    void part(GMimeObject* part);
    void embedded(GMimeMessagePart* part);
    void multipart(GMimeMultipart* parts);
    void alternative(GMimeMultipart* parts);
    void children(GMimeMultipart* parts);
    void single(GMimePart* part);
    void text(GMimeTextPart* part);
    void attachment(GMimePart* part, const char* name);
    void emit(Block block);

    Sink& m_sink;
    LeftOut m_leftOut;
    AttachmentNames m_names;
    std::string m_mark;          // for the next block
    int m_messages = 0;          // how deep
    int m_multiparts = 0;
    bool m_textIsRead = false;   // what comes is the same text in another form
};

std::string subjectOf(GMimeMessage* message)
{
    const std::string subject = mime::header(message, "Subject");
    return subject.empty() ? "(no subject)" : subject;
}

GMimeObject* bestAlternative(GMimeMultipart* parts)
{
    GMimeObject* best = nullptr;
    for (int i = 0; i < g_mime_multipart_get_count(parts); ++i) {
        GMimeObject* part = g_mime_multipart_get_part(parts, i);
        if (GMIME_IS_TEXT_PART(part) && mime::isType(part, "text", "plain") && !trimmed(mime::textOf(GMIME_TEXT_PART(part))).empty())
            return part;
        if (GMIME_IS_MULTIPART(part) || mime::isType(part, "text", "html") || (!best && GMIME_IS_TEXT_PART(part)))
            best = part;   // the last one is the richest
    }
    return best;
}

void Reader::read(GMimeMessage* message, const std::string& mark)
{
    m_mark = mark;
    this->message(message, 1);
}

void Reader::message(GMimeMessage* message, int depth)
{
    const int before = std::exchange(m_messages, depth);
    emit({Block::Kind::Heading, depth, subjectOf(message)});
    heads(message);
    if (GMimeObject* body = g_mime_message_get_mime_part(message))
        part(body);
    m_messages = before;
}

void Reader::heads(GMimeMessage* message)
{
    std::string lines;
    for (const char* name : {"From", "To", "Cc", "Date"}) {
        const std::string value = mime::header(message, name);
        if (!value.empty())
            lines.append(lines.empty() ? "" : "\n").append(name).append(": ").append(value);
    }
    emit({Block::Kind::Paragraph, 1, lines});
}

void Reader::part(GMimeObject* part)
{
    if (GMIME_IS_MESSAGE_PART(part))
        embedded(GMIME_MESSAGE_PART(part));
    else if (GMIME_IS_MULTIPART(part))
        multipart(GMIME_MULTIPART(part));
    else if (GMIME_IS_PART(part))
        single(GMIME_PART(part));
    else
        m_leftOut.one("part", "of a kind that is not read");   // a piece of a message sent in pieces
}

void Reader::embedded(GMimeMessagePart* part)
{
    GMimeMessage* message = g_mime_message_part_get_message(part);
    if (!message)
        return;
    if (m_messages > kDeepestMessage)
        m_leftOut.one("message", "within too many others");
    else
        this->message(message, m_messages + 1);
}

void Reader::multipart(GMimeMultipart* parts)
{
    if (GMIME_IS_MULTIPART_ENCRYPTED(parts)) {
        m_leftOut.one("encrypted part", kEncrypted);
        return;
    }
    if (m_multiparts == kDeepestMultipart) {
        m_leftOut.one("part", "within too many others");
        return;
    }
    ++m_multiparts;
    if (mime::isType(GMIME_OBJECT(parts), "multipart", "alternative"))
        alternative(parts);
    else if (GMIME_IS_MULTIPART_SIGNED(parts) && g_mime_multipart_get_count(parts) > 0)
        part(g_mime_multipart_get_part(parts, 0));   // the other one is the signature
    else
        children(parts);
    --m_multiparts;
}

void Reader::alternative(GMimeMultipart* parts)
{
    GMimeObject* best = bestAlternative(parts);
    if (best)
        part(best);
    const bool before = std::exchange(m_textIsRead, true);
    for (int i = 0; i < g_mime_multipart_get_count(parts); ++i) {
        GMimeObject* other = g_mime_multipart_get_part(parts, i);
        if (other != best && GMIME_IS_MULTIPART(other))
            part(other);   // some mailers put the attachments in there
    }
    m_textIsRead = before;
}

void Reader::children(GMimeMultipart* parts)
{
    for (int i = 0; i < g_mime_multipart_get_count(parts); ++i)
        part(g_mime_multipart_get_part(parts, i));
}

void Reader::single(GMimePart* part)
{
    GMimeObject* object = GMIME_OBJECT(part);
    const char* name = g_mime_part_get_filename(part);
    const bool named = name && *name;
    const bool shown = !mime::isAttachment(object) && (!named || mime::isInline(object));
    if (mime::isType(object, "application", "pkcs7-mime") || mime::isType(object, "application", "x-pkcs7-mime"))
        m_leftOut.one("encrypted part", kEncrypted);
    else if (mime::isType(object, "image", "*") && shown)
        m_leftOut.one("inline image", "pictures are not read");
    else if (GMIME_IS_TEXT_PART(part) && shown)
        text(GMIME_TEXT_PART(part));
    else if (named)
        attachment(part, name);
    else
        m_leftOut.one("unnamed attachment", "left out");
}

void Reader::text(GMimeTextPart* part)
{
    if (m_textIsRead)
        return;
    GMimeObject* object = GMIME_OBJECT(part);
    const std::string text = mime::textOf(part);
    if (trimmed(text).starts_with("-----BEGIN PGP MESSAGE-----")) {
        m_leftOut.one("encrypted part", kEncrypted);
    } else if (mime::isType(object, "text", "html")) {
        // The mark says that it is UTF-8 by now, whatever charset the page says it has.
        PageInMail page(m_sink, m_messages);
        if (!parseHtml("\xEF\xBB\xBF" + text, page).ok())
            m_leftOut.one("web page", "damaged");
    } else {
        const Wrapping wrapping{mime::parameterIs(object, "format", "flowed"), mime::parameterIs(object, "delsp", "yes")};
        for (Block& block : plainTextBlocks(text, wrapping))
            emit(std::move(block));
    }
}

void Reader::attachment(GMimePart* part, const char* name) { m_sink.member(m_names.pathFor(name), mime::contentOf(part)); }

void Reader::emit(Block block)
{
    if (block.text.empty())
        return;
    if (!m_mark.empty()) {
        Mark mark;
        mark.name = std::exchange(m_mark, {});
        block.marks.push_back(std::move(mark));
    }
    m_sink.block(block);
}

} // namespace

Parsed parseMail(std::string_view file, Sink& sink)
{
    const mime::Owned<GMimeMessage> message = mime::messageIn(withoutEnvelope(file));
    if (!message)
        return Fault{Fault::Kind::Damaged, "no header"};
    const std::string subject = mime::header(message.get(), "Subject");
    if (!subject.empty())
        sink.title(subject);
    Reader reader(sink);
    reader.read(message.get(), {});
    reader.finish();
    return {};
}

Parsed parseMailbox(std::string_view file, Sink& sink)
{
    Mailbox mailbox(file);
    if (!mailbox.sound())
        return Fault{Fault::Kind::Damaged, "not a mailbox"};
    Reader reader(sink);
    long number = 0;
    while (const std::optional<std::string> bytes = mailbox.next()) {
        ++number;
        if (const mime::Owned<GMimeMessage> message = mime::messageIn(*bytes)) {
            sink.part(subjectOf(message.get()), 1);
            reader.read(message.get(), "message " + std::to_string(number));
        } else {
            reader.skipMessage();
        }
        sink.progress(double(mailbox.at()) / double(file.size()));
    }
    reader.finish();
    return {};
}

} // namespace octavo::parsers
