// SPDX-License-Identifier: Apache-2.0
#include "documents/load_fault.h"

#include <QStringList>

#include "documents/document_loader.h"

namespace octavo::app {

namespace {

using namespace Qt::StringLiterals;

QString inBrackets(const QString& detail) { return detail.isEmpty() ? QString() : u" ("_s + detail + ')'; }

} // namespace

LoadFault faultOf(TextFileFault fault)
{
    const QString megabytes = QString::number(kMaxTextBytes >> 20);
    switch (fault) {
    case TextFileFault::Missing:
        return {u"deleted while the folder was read"_s, u"“%1” is not there any more; put it back or open another file."_s};
    case TextFileFault::NotAFile: return {u"no regular file"_s, u"“%1” is neither a file nor a folder; open a text file or a folder instead."_s};
    case TextFileFault::Unreadable:
        return {u"cannot be read"_s, u"“%1” cannot be read; check its permissions and the disk it lies on, then open it again."_s};
    case TextFileFault::Empty: return {u"empty file"_s, u"“%1” is empty; open a file that has text in it."_s};
    case TextFileFault::TooLarge:
        return {u"no room left in a text of "_s + megabytes + u" MB"_s,
                u"“%1” is larger than "_s + megabytes + u" MB, the most that Octavo reads as one text; split it and open the pieces."_s};
    case TextFileFault::Binary:
        return {u"binary file"_s, u"“%1” is a binary file of no format that Octavo knows; export it as text, PDF or EPUB and open that."_s};
    case TextFileFault::Changed:
        return {u"changed while the folder was read"_s, u"“%1” became shorter while it was read; open it again once nothing writes to it."_s};
    case TextFileFault::Stopped: break;
    }
    return {};
}

LoadFault faultOf(const ParseFault& fault, const QString& formatName)
{
    using Kind = ParseFault::Kind;
    const QString detail = inBrackets(fault.detail);
    switch (fault.kind) {
    case Kind::Damaged:
        return {u"damaged "_s + formatName + detail, u"“%1” is no sound "_s + formatName + detail + u"; open another copy of it."_s};
    case Kind::Encrypted:
        return {u"needs a password"_s + detail, u"“%1” cannot be read without its password"_s + detail + u"; save a copy that needs none and open that."_s};
    case Kind::TooLarge: return {u"too large"_s + detail, u"“%1” is too large to be read"_s + detail + u"; open a part of it."_s};
    case Kind::Unsupported: return unreadableFormat(formatName, fault.detail);
    case Kind::Died:
        return {u"its parser crashed"_s,
                u"“%1” makes the parser of this format crash, so nothing of it was read; export it anew or in another format and open that."_s};
    case Kind::TooSlow:
        return {u"its parser was given up, it had been silent for too long"_s,
                u"“%1” takes its parser forever, so it was given up; export it anew or in another format and open that."_s};
    case Kind::NoParser:
        return {u"octavo-parse, which reads this format, cannot be started"_s,
                u"“%1” is read by octavo-parse, which is missing from Octavo's folder ("_s + fault.detail + u"); install Octavo again."_s};
    case Kind::Stopped: break;
    }
    return {};
}

LoadFault unreadableFormat(const QString& formatName, const QString& whyNot)
{
    const QString what = whyNot.isEmpty() ? u"not a format that Octavo reads"_s : whyNot;
    return {formatName + u": "_s + what, u"“%1” cannot be read: "_s + what + '.'};
}

LoadFault withoutText(const QString& formatName, const QList<FormattedText::Remark>& remarks, int scans)
{
    QStringList reasons;
    for (const FormattedText::Remark& remark : remarks)
        reasons << remark.what + u": "_s + remark.why;
    const QString detail = inBrackets(reasons.join(u", "_s));
    return {u"no text in it"_s + detail, u"“%1” is a "_s + formatName + u" without text"_s + detail + '.', scans};
}

Failure stopped() { return {Failure::Kind::Stopped, u"Opening was stopped."_s}; }

Failure failureOf(const LoadFault& fault, const QString& path)
{
    if (fault.isStop())
        return stopped();
    QString sentence = fault.sentence;
    return {fault.scans > 0 ? Failure::Kind::OnlyScans : Failure::Kind::File, sentence.replace(u"%1"_s, path), fault.scans};
}

} // namespace octavo::app
