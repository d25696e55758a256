// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recorded.h"

namespace octavo::parsers {
namespace {

const std::string kHead = "From: Ann <ann@example.org>\nSubject: Hi\n";
const std::string kReadHead = "title: Hi\nheading 1: Hi\nparagraph: From: Ann <ann@example.org>\n";

// A message's lines behind those of its head.
std::string body(const std::string& typeAndBody)
{
    const std::string lines = recorded(parseMail, kHead + typeAndBody);
    EXPECT_TRUE(lines.starts_with(kReadHead)) << lines;
    return lines.substr(std::min(kReadHead.size(), lines.size()));
}

std::string multipart(const std::string& subtype, const std::vector<std::string>& parts, const std::string& boundary = "B")
{
    std::string all = "Content-Type: multipart/" + subtype + "; boundary=\"" + boundary + "\"\n\n";
    for (const std::string& part : parts)
        all += "--" + boundary + '\n' + part + '\n';
    return all + "--" + boundary + "--\n";
}

const std::string kPlain = "Content-Type: text/plain; charset=utf-8\n\nPlain text.\n";
const std::string kHtml = "Content-Type: text/html; charset=iso-8859-1\n\n<html><h1>Page</h1><p>Caf\xE9.</p></html>\n";
const std::string kReadHtml = "heading 2: Page\nparagraph: Café.\n";
const std::string kPdf = "Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"a.pdf\"\nContent-Transfer-Encoding:"
    " base64\n\nJVBERi0=\n";
const std::string kReadPdf = "member: attachments/a.pdf (5 bytes)\n";
const std::string kPicture = "Content-Type: image/png; name=\"p.png\"\nContent-Id: <1>\nContent-Transfer-Encoding: base64\n\niVBO\n";
const std::string kReadPicture = "remark: 1 inline image (pictures are not read)\n";

struct Row {
    const char* name;
    std::string file;
    std::string lines;
};

void expectBodies(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(body(row.file), row.lines);
    }
}

void expectMails(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(recorded(parseMail, row.file, Recorded::Marks::Shown), row.lines);
    }
}

TEST(Mail, Heads)
{
    expectMails({
        {"all", "Received: x\nDate: Tue, 5 Mar 2024 14:02:11 +0100\nCc: c@d, e@f\nTo: Bob\n <b@example.org>\nFrom: Ann"
            " <a@example.org>\nSubject: A\n long one\n\nx",
            "title: A long one\nheading 1: A long one\n"
            "paragraph: From: Ann <a@example.org>\\nTo: Bob <b@example.org>\\nCc: c@d, e@f\\nDate: Tue, 5 Mar 2024 14:02:11"
                " +0100\nparagraph: x\n"},
        {"encoded", "Subject: =?utf-8?B?R3LDvMOfZQ==?= =?iso-8859-1?Q?_f=FCr_dich?=\nFrom: =?utf-8?q?J=C3=B6rg?= <j@example.org>\n\nx",
            "title: Grüße für dich\nheading 1: Grüße für dich\nparagraph: From: Jörg <j@example.org>\nparagraph: x\n"},
        {"raw bytes", "Subject: Gr\xFC\xDF" "e\nFrom: J\xC3\xB6rg <j@example.org>\n\nx",
            "title: Grüße\nheading 1: Grüße\nparagraph: From: Jörg <j@example.org>\nparagraph: x\n"},
        {"no subject", "From: a@b\n\nx", "heading 1: (no subject)\nparagraph: From: a@b\nparagraph: x\n"},
        {"no body", "Subject: A", "title: A\nheading 1: A\n"},
        {"envelope", "From a@b Tue Mar  5 14:02:11 2024\nSubject: A\n\nx", "title: A\nheading 1: A\nparagraph: x\n"},
        {"Windows' line ends", "Subject: A\r\n\r\nx\r\ny\r\n\r\nz\r\n", "title: A\nheading 1: A\nparagraph: x\\ny\nparagraph: z\n"},
    });
}

TEST(Mail, PlainText)
{
    const std::string wrapped = "This line was wrapped by the mailer, since the next word has no room\nleft in it.\nAnn\n";
    expectBodies({
        {"paragraphs", "\nOne.\n\n\nTwo.\n", "paragraph: One.\nparagraph: Two.\n"},
        {"wrapped lines", '\n' + wrapped,
            "paragraph: This line was wrapped by the mailer, since the next word has no room left in it.\\nAnn\n"},
        {"a line for each paragraph", '\n' + std::string(150, 'x') + '\n' + std::string(150, 'y') + '\n',
            "paragraph: " + std::string(150, 'x') + "\\n" + std::string(150, 'y') + '\n'},
        {"list", "\n" + std::string(70, 'x') + "\n- a\n  b\n1. c\n", "paragraph: " + std::string(70, 'x') + "\\n- a\\n  b\\n1. c\n"},
        {"quotes", "\nBob wrote:\n> a\n> b\n>\n>> c\n> > d\n> e\nf\n",
            "paragraph: Bob wrote:\nquote: a\\nb\nquote: c\\nd\nquote: e\nparagraph: f\n"},
        {"signature", "\nBye.\n-- \nAnn\nExample Ltd.\n", "paragraph: Bye.\nparagraph: --\\nAnn\\nExample Ltd.\n"},
        {"flowed", "Content-Type: text/plain; format=flowed\n\nOne \ntwo \nthree.\nFour.\n >x\n> q \n> r\n-- \nAnn\n",
            "paragraph: One two three.\\nFour.\\n>x\nquote: q r\nparagraph: --\\nAnn\n"},
        {"flowed without spaces", "Content-Type: text/plain; format=Flowed; delsp=yes\n\nOne \ntwo.\n", "paragraph: Onetwo.\n"},
        {"HTML", kHtml, kReadHtml},
    });
}

TEST(Mail, Charsets)
{
    expectBodies({
        {"ISO-8859-1", "Content-Type: text/plain; charset=iso-8859-1\n\ncaf\xE9\n", "paragraph: café\n"},
        {"Windows-1252, called ISO-8859-1", "Content-Type: text/plain; charset=iso-8859-1\n\n\x93x\x94\n", "paragraph: “x”\n"},
        {"quoted-printable", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 =\nau"
            " lait\n", "paragraph: café au lait\n"},
        {"base64", "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n8NLJ18XU\n", "paragraph: Привет\n"},
        {"none", "\ncaf\xC3\xA9\n", "paragraph: café\n"},
        {"none, and not UTF-8", "\ncaf\xE9\n", "paragraph: café\n"},
        {"unknown", "Content-Type: text/plain; charset=x-klingon\n\ncaf\xE9\n", "paragraph: café\n"},
        {"damaged UTF-8", "Content-Type: text/plain; charset=utf-8\n\ncaf\xC3\xA9 \xE9x\n", "paragraph: café x\n"},
        {"ISO-2022-JP", "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1B$B$\"\x1B(B\n", "paragraph: あ\n"},
    });
}

TEST(Mail, Parts)
{
    const std::string empty = "Content-Type: text/plain\n\n \n";
    expectBodies({
        {"plain text rather than HTML", multipart("alternative", {kPlain, kHtml}), "paragraph: Plain text.\n"},
        {"HTML rather than nothing", multipart("alternative", {empty, kHtml}), kReadHtml},
        {"HTML with pictures", multipart("alternative", {empty, multipart("related", {kHtml, kPicture}, "C")}), kReadHtml + kReadPicture},
        {"attachments within an alternative", multipart("alternative", {kPlain, multipart("mixed", {kHtml, kPdf}, "C")}),
            "paragraph: Plain text.\n" + kReadPdf},
        {"attachments", multipart("mixed", {kPlain, kPdf, "Content-Type: application/x\n\ny"}),
            "paragraph: Plain text.\n" + kReadPdf + "remark: 1 unnamed attachment (left out)\n"},
        {"text as an attachment", multipart("mixed", {kPlain, "Content-Type: text/plain; name=b.txt\n\nxyz"}),
            "paragraph: Plain text.\nmember: attachments/b.txt (3 bytes)\n"},
        {"text that is to be shown", multipart("mixed", {"Content-Disposition: inline; filename=b.txt\n\nxyz"}), "paragraph: xyz\n"},
        {"signed", multipart("signed; protocol=\"application/pgp-signature\"",
            {kPlain, "Content-Type: application/pgp-signature; name=s.asc\n\nx"}), "paragraph: Plain text.\n"},
        {"encrypted", multipart("encrypted; protocol=\"application/pgp-encrypted\"",
            {"Content-Type: application/pgp-encrypted\n\nVersion: 1", kPlain}),
            "remark: 1 encrypted part (cannot be read without its key)\n"},
        {"S/MIME", "Content-Type: application/pkcs7-mime; name=smime.p7m\n\nx",
            "remark: 1 encrypted part (cannot be read without its key)\n"},
        {"encrypted text", "\n-----BEGIN PGP MESSAGE-----\n\nx\n", "remark: 1 encrypted part (cannot be read without its key)\n"},
        {"forwarded", multipart("mixed", {kPlain, "Content-Type: message/rfc822\n\nSubject: Old\nFrom: b@c\n\nText."}),
            "paragraph: Plain text.\nheading 2: Old\nparagraph: From: b@c\nparagraph: Text.\n"},
        {"a piece of a message", "Content-Type: message/partial; id=1; number=1; total=2\n\nx",
            "remark: 1 unnamed attachment (left out)\n"},
        {"no boundary", "Content-Type: multipart/mixed\n\nx\n", ""},
        {"no end", "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n", "paragraph: x\n"},
    });
}

TEST(Mail, AttachmentsHaveHarmlessNames)
{
    std::vector<std::string> parts;
    for (const std::string name : {"../../etc/passwd", "C:\\\\x\\\\b.txt", "..", "/", "a.txt", "A.TXT", "a (2).txt", "a.txt", ".profile",
        "=?utf-8?q?=C3=A4?=.txt", "n\x01\x7Fm", "caf\xE9"})
        parts.push_back("Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"" + name + "\"\n\nx");
    parts.push_back("Content-Disposition: attachment; filename*=utf-8''%C3%B6%2F..%2Fu.txt\n\nx");
    parts.push_back("Content-Disposition: attachment; filename=\"" + std::string(500, 'l') + ".txt\"\n\nx");
    std::string expected;
    for (const std::string name : {"passwd", "b.txt", "attachment", "attachment (2)", "a.txt", "A (2).TXT", "a (2) (2).txt", "a (3).txt",
        "profile", "ä.txt", "nm", "café", "u.txt"})
        expected += "member: attachments/" + name + " (1 bytes)\n";
    expected += "member: attachments/" + std::string(120, 'l') + ".txt (1 bytes)\n";
    EXPECT_EQ(body(multipart("mixed", parts)), expected);
}

const std::string kBox = "From ann@example.org Tue Mar  5 14:02:11 2024\nSubject: One\nFrom: a@b\n\nText.\n>From me.\n>>From you.\nFrom"
    " here on.\n\nFrom nowhere it came.\n\n"
                         "From - Tue Mar 05 14:03:11 2024\r\nFrom: a@b\r\n\r\nNext.\r\n\r\n";

TEST(Mailbox, Messages)
{
    EXPECT_EQ(recorded(parseMailbox, kBox, Recorded::Marks::Shown),
        "part 1: One\nheading 1: @[message 1]One\nparagraph: From: a@b\n"
        "paragraph: Text.\\nFrom me.\nquote: From you.\nparagraph: From here on.\nparagraph: From nowhere it came.\n"
        "part 1: (no subject)\nheading 1: @[message 2](no subject)\nparagraph: From: a@b\nparagraph: Next.\n");
    EXPECT_EQ(recorded(parseMailbox, "From a 12:00\n\nx\n\nFrom b 12:00\nSubject: B\n\ny"),
        "part 1: B\nheading 1: B\nparagraph: y\nremark: 1 message (no header)\n");
}

TEST(Mail, MalformedFiles)
{
    for (const std::string& file : {std::string(), std::string("\n\n"), std::string("\n\nSubject: A\n"), std::string("just text\n"),
        std::string("\0\1\2", 3)})
        EXPECT_EQ(recorded(parseMail, file), "fault: damaged\n") << file;
    for (const char* file : {"", "Subject: A\n\nx", "PK\3\4"})
        EXPECT_EQ(recorded(parseMailbox, file), "fault: damaged\n") << file;
    const std::string sample = kHead + multipart("mixed",
        {multipart("alternative", {kPlain, kHtml}, "C"), kPdf, kPicture, "Content-Type: message/rfc822\n\n" + kHead + "\nx"});
    readEveryPrefix(parseMail, sample);
    readEveryPrefix(parseMailbox, kBox);
    for (unsigned seed = 0; seed < 300; ++seed) {
        recorded(parseMail, damaged(sample, seed));
        recorded(parseMailbox, damaged(kBox + sample, seed));
        recorded(parseMail, noise(2000, seed));
        recorded(parseMail, kHead + "\n" + noise(2000, seed));
        recorded(parseMailbox, "From x 12:00\n" + noise(2000, seed));
    }
}

TEST(Mail, DeepNesting)
{
    std::string messages = kHead;
    std::string boxes = kHead;
    for (int i = 0; i < 20'000; ++i) {
        messages += "Content-Type: message/rfc822\n\nSubject: x\n";
        boxes += "Content-Type: multipart/mixed; boundary=B" + std::to_string(i) + "\n\n--B" + std::to_string(i) + "\n";
    }
    EXPECT_TRUE(body(messages).ends_with("heading 21: x\nremark: 1 message (within too many others)\n"));
    EXPECT_EQ(body(boxes), "remark: 1 part (within too many others)\n");
    std::string levels;
    for (int i = 2; i <= 15; ++i)
        levels += "Content-Type: message/rfc822\n\nSubject: x\n";
    EXPECT_NE(body(levels + "\ny").find("heading 15: x\nparagraph: y\n"), std::string::npos);
}

TEST(Mail, LongFiles)
{
    std::string lines = "\n";
    std::string box;
    for (int i = 0; i < 50'000; ++i) {
        lines += "> > >x\n\n>\n";
        box += "From a 1:1:1:1:1\n\n";
    }
    EXPECT_FALSE(body(lines).empty());
    EXPECT_EQ(recorded(parseMailbox, box), "remark: 50000 messages (no header)\n");
}

} // namespace
} // namespace octavo::parsers
