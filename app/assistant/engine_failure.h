// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "octavo/app/failure.h"
#include "octavo/engine/result.h"

namespace octavo::app {

// One sentence for people about a failure of the engine: what happened, to which file, what to do.
Failure failureOf(const Error& error);
Failure unknownTurns(const QString& modelFile);   // its chat template is none that Octavo knows

} // namespace octavo::app
