#ifndef RENDER_BASE_XML_TEXT_H
#define RENDER_BASE_XML_TEXT_H
/* Text of an author inside XML. */
#include "render/base/growing_text.h"

/* & < > and " as entities; control characters are left out. value: UTF-8. */
void text_add_xml(Text *text, const char *value);

#endif
