// SPDX-License-Identifier: Apache-2.0
#include "assistant/engine_failure.h"

#include <QCoreApplication>
#include <QLocale>

namespace octavo::app {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("octavo::app", text); }
QString size(std::uint64_t bytes) { return QLocale().formattedDataSize(static_cast<qint64>(bytes)); }
QString number(std::uint64_t value) { return QLocale().toString(static_cast<qulonglong>(value)); }

} // namespace

Failure failureOf(const Error& error)
{
    const QString subject = QString::fromStdString(error.subject);
    const QString detail = QString::fromStdString(error.detail);
    using Kind = Failure::Kind;
    switch (error.code) {
    case Errc::NotFound: return {Kind::File, tr("There is no file %1; check the path, or get the model with ./dev build.").arg(subject)};
    case Errc::NotAFile: return {Kind::File, tr("%1 is a folder, not a file; name the file inside it.").arg(subject)};
    case Errc::Unreadable: return {Kind::File, tr("%1 cannot be read (%2); check its permissions.").arg(subject, detail)};
    case Errc::Truncated:
        return {Kind::Model, tr("%1 is cut short (%2); copy or download it again.").arg(subject, detail)};
    case Errc::NotGguf: return {Kind::Model, tr("%1 is not a GGUF model file; choose a file that ends in .gguf.").arg(subject)};
    case Errc::UnsupportedVersion: return {Kind::Model, tr("%1 is of a version that this Octavo does not know (%2); get a newer Octavo.").arg(subject, detail)};
    case Errc::UnsupportedArchitecture:
        return {Kind::Model, tr("%1 holds a model that Octavo cannot run yet (%2); choose a Llama such as SmolLM2, TinyLlama or Mistral.").arg(subject, detail)};
    case Errc::UnsupportedType:
        return {Kind::Model, tr("%1 holds weights of a type that Octavo cannot compute with yet (%2); choose a Q4_K_M, Q8_0 or F16 file.").arg(subject, detail)};
    case Errc::UnsupportedTokenizer:
        return {Kind::Model, tr("%1 uses a tokenizer that Octavo does not know yet (%2); choose another model.").arg(subject, detail)};
    case Errc::UnsupportedChatTemplate:
        return {Kind::Model, tr("%1 was trained for conversations of a form that Octavo does not know yet (its %2); choose a Llama, Mistral, Qwen, SmolLM2 or TinyLlama model.").arg(subject, detail)};
    case Errc::BadMetadata:
    case Errc::BadTensor: return {Kind::Model, tr("%1 is damaged or incomplete (%2); download it again.").arg(subject, detail)};
    case Errc::InvalidArgument: return {Kind::Usage, tr("%1: %2.").arg(subject, detail)};
    case Errc::ContextFull:
        return {Kind::ContextFull, tr("The conversation needs %1 tokens, but there is room for %2; start a new session about this document.")
                                       .arg(number(error.needed), number(error.room))};
    case Errc::OutOfMemory:
        if (error.needed <= error.room)
            return {Kind::OutOfMemory, tr("The memory is used up; what was done so far is kept. Close other programs, then go on.")};
        if (error.subject == "GPU")
            return {Kind::OutOfMemory, tr("The GPU's memory is used up (%1 are needed, %2 are free); close other programs that use it, read a part of it, or take the "
                                          "CPU.").arg(size(error.needed), size(error.room))};
        return {Kind::OutOfMemory, tr("Reading this needs %1 of memory, but only %2 is free; close other programs, or read a part of it.")
                                       .arg(size(error.needed), size(error.room))};
    case Errc::Stopped: return {Kind::Stopped, tr("Stopped; what was done so far is kept.")};
    case Errc::StaleReading:
    case Errc::CorruptReading: return {Kind::File, tr("The saved reading %1 cannot be used (%2); the document is read again.").arg(subject, detail)};
    case Errc::NoDevice: return {Kind::Engine, tr("The GPU cannot be used: %1. Choose --device cpu, or auto.").arg(detail)};
    case Errc::DeviceFailed: return {Kind::Engine, tr("The GPU stopped working (%1); start Octavo again, or choose --device cpu.").arg(detail)};
    case Errc::InUse:
        return {Kind::File, tr("Another Octavo is reading this document just now and keeps it in %1; wait until it is done, or stop it there.").arg(subject)};
    case Errc::WriteFailed: return {Kind::File, tr("%1 cannot be written (%2); free some disk space or choose another data folder.").arg(subject, detail)};
    }
    return {Kind::Engine, subject + QStringLiteral(" ") + detail};
}

Failure unknownTurns(const QString& modelFile)
{
    return failureOf(Error{Errc::UnsupportedChatTemplate, modelFile.toStdString(), "tokenizer.chat_template"});
}

} // namespace octavo::app
