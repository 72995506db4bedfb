#ifndef JOBS_JOB_SCORE_VALUES_H
#define JOBS_JOB_SCORE_VALUES_H
/* Values of the score: tags, selectors, spans of time, curves, parameters. Errors are
 * those of their rows in the key table. */
#include "jobs/job_values.h"

Status job_parameter_read(JobReader *reader, const ValueSite *site);
/* In the unit of the parameter of the same map. */
Status job_amount_read(JobReader *reader, const ValueSite *site);
Status job_selector_read(JobReader *reader, const ValueSite *site);
/* Of scenes, cues and lines instead of layers. */
Status job_condition_read(JobReader *reader, const ValueSite *site);
Status job_tags_read(JobReader *reader, const ValueSite *site);
Status job_span_read(JobReader *reader, const ValueSite *site);
Status job_curve_read(JobReader *reader, const ValueSite *site);

#endif
