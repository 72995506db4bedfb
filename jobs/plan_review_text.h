#ifndef JOBS_PLAN_REVIEW_TEXT_H
#define JOBS_PLAN_REVIEW_TEXT_H
/* The part of the key text of INSPECT that is its review. */
#include "render/base/growing_text.h"
#include "render/model/mix.h"
#include "render/qc/qc_brief.h"

void plan_text_add_review(Text *text, const Mix *mix, const QcBrief *brief);

#endif
