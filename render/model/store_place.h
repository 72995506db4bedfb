#ifndef RENDER_MODEL_STORE_PLACE_H
#define RENDER_MODEL_STORE_PLACE_H
/* Intermediates that lie on the disk of one host.
 *
 * With store_keep_intermediates an intermediate is written to the scratch of its host alone. In the
 * store there is a place instead of it: a small file under the same name, which holds the key text
 * and the name of the host. To all who ask what is done it is done; whoever wants to read it on
 * another host finds it missing (E606), asks for the place, and has that host share it. A place
 * whose host is gone is forgotten: then the object is missing like any other, and made again.
 * What comes back from rooms, kept for the next edit, is always treated so: no task needs it.
 */
#include "render/model/store.h"

enum { STORE_HOST_BYTES = 64 };

bool store_keeps_intermediates(const Store *store);
/* As this host is named in places. */
const char *store_host(const Store *store);
/* The object lies on one host alone: which. */
bool store_find_place(const Store *store, Key key, char host[STORE_HOST_BYTES]);
/* Copies an object of this host to where all can read it. DONE, too, when there is nothing to copy:
 * shared already, on another host, or lost (then the place is forgotten). */
Status store_share(Store *store, Key key, ErrorList *errors);
/* The object is not there any more. */
void store_forget_place(const Store *store, Key key);

#endif
