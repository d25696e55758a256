// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "octavo/base/expected.h"

namespace octavo {

// What went wrong, for programs. Text for people is made in app/.
enum class Errc {
    NotFound,                // no such file
    NotAFile,                // a directory or device where a file is needed
    Unreadable,              // exists, but the system refuses to read it
    Truncated,               // ends before its own tables say it does
    NotGguf,                 // no GGUF magic
    UnsupportedVersion,      // GGUF version, or a reading written by a newer Octavo
    UnsupportedArchitecture, // a model (or an adapter) that is not of the Llama family as read here
    UnsupportedType,         // a tensor type without a kernel
    UnsupportedTokenizer,    // a vocabulary or split pattern not known here
    UnsupportedChatTemplate, // a chat is wanted of a model whose turn format is not known here
    BadMetadata,             // a key is missing, of the wrong type or out of range
    BadTensor,               // a tensor is missing, or has the wrong shape
    InvalidArgument,         // a plan or setting outside its range
    ContextFull,             // needed > room, in tokens
    OutOfMemory,             // needed > room, in bytes; both 0 where it ran out in the middle of work
    Stopped,                 // a stop was requested; what was done so far is kept
    StaleReading,            // a saved reading of another model, plan or text
    CorruptReading,          // a saved reading whose checksum is wrong
    WriteFailed,             // disk full, read-only, quota
    NoDevice,                // a GPU is wanted and cannot be used; `detail` says why
    DeviceFailed,            // the GPU stopped working: what was being computed is lost, and the engine has to be made anew
    InUse,                   // another Octavo is writing this file just now
};

// A failure and its facts. `subject` names the file, tensor, key or setting; `detail` is a short technical fact
// (never a whole sentence); `needed` and `room` are filled where a limit was hit, in the unit that the code names.
struct Error {
    Errc code = Errc::InvalidArgument;
    std::string subject;
    std::string detail;
    std::uint64_t needed = 0;
    std::uint64_t room = 0;
};

template <class T>
using Result = Expected<T, Error>;

} // namespace octavo
