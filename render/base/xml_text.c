/* Text of an author inside XML. */
#include "render/base/xml_text.h"

void text_add_xml(Text *text, const char *value) {
    for (const char *at = value; *at; ++at) {
        switch (*at) {
        case '&':
            text_add(text, "&amp;");
            break;
        case '<':
            text_add(text, "&lt;");
            break;
        case '>':
            text_add(text, "&gt;");
            break;
        case '"':
            text_add(text, "&quot;");
            break;
        default:
            if ((unsigned char)*at >= ' ') {
                text_add(text, "%c", *at);
            }
        }
    }
}
