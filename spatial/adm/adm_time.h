#ifndef SPATIAL_ADM_ADM_TIME_H
#define SPATIAL_ADM_ADM_TIME_H
/* Times of ADM, exact. */
#include <stdbool.h>

#include "render/base/rational.h"

/* "hh:mm:ss.zzzzz", or of BS.2076-2 also "hh:mm:ss.zzzzzSfffff": z samples at f Hz. */
bool adm_time_parse(const char *text, Rational *seconds);

#endif
