// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "octavo/app/read_plan.h"
#include "octavo/engine/plan_choice.h"

namespace octavo::app {

// As octavo-cli --dims takes it: "0,1024", "0,1024+4096@17,18".
QString dimsText(const ReadingPlan& plan);

// A choice of the engine for people: its reason becomes one sentence.
ReadPlan readPlanOf(const PlanChoice& choice, const ModelConfig& model);

} // namespace octavo::app
