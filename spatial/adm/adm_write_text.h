#ifndef SPATIAL_ADM_ADM_WRITE_TEXT_H
#define SPATIAL_ADM_ADM_WRITE_TEXT_H
/* Values of axml as text. Inside spatial/adm only. */
#include "render/base/growing_text.h"
#include "render/base/rational.h"

/* The shortest decimal that is read back as the same double; no exponent. */
void adm_add_number(Text *text, double value);
/* hh:mm:ss.zzzzz where that is exact, else hh:mm:ss.nSd: BS.2076-2, 6.12. Not negative. */
void adm_add_time(Text *text, Rational seconds);

#endif
