/* Versions of the program, its libraries and its compiler. */
#include "cluster/versions.h"

#include <expat.h>
#include <jansson.h>
#include <mysofa.h>
#include <openssl/crypto.h>
#include <opus.h>
#include <sndfile.h>
#include <soxr.h>
#include <string.h>
#include <xxhash.h>
#include <yaml.h>

#include "render/dsp/fft.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char *program_version(void) {
    return NOCTURNE_VERSION;
}

const char *compiler_version(void) {
    return COMPILER;
}

static const char *describe_mysofa(Arena *arena) {
    int major = 0;
    int minor = 0;
    int patch = 0;
    mysofa_getversion(&major, &minor, &patch);
    return arena_format(arena, "%d.%d.%d", major, minor, patch);
}

static const char *describe_xxhash(Arena *arena) {
    const unsigned version = XXH_versionNumber(); /* MMmmpp in decimal */
    return arena_format(arena, "%u.%u.%u", version / 10000, version / 100 % 100, version % 100);
}

const LibraryVersion *library_versions(Arena *arena, int *count) {
    const LibraryVersion libraries[] = {
        {"fftw",       fft_library_version()                },
        {"libsndfile", sf_version_string()                  },
        {"libopus",    opus_get_version_string()            },
        {"libmysofa",  describe_mysofa(arena)               },
        {"soxr",       soxr_version()                       },
        {"libyaml",    yaml_get_version_string()            },
        {"expat",      XML_ExpatVersion() + strlen("expat_")},
        {"jansson",    jansson_version_str()                },
        {"xxhash",     describe_xxhash(arena)               },
        {"openssl",    OpenSSL_version(OPENSSL_VERSION)     },
    };
    LibraryVersion *copy = arena_alloc(arena, sizeof libraries);
    memcpy(copy, libraries, sizeof libraries);
    *count = (int)(sizeof libraries / sizeof *libraries);
    return copy;
}
