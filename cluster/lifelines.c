/* An ssh to every host that ends when the host does. */
#include "cluster/lifelines.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster/host_probe.h"
#include "cluster/subprocess.h"

enum { LINE_WORDS = 40 };

static const char *const *make_command(const char *const *agent, const char *host, Arena *arena) {
    const char **words = arena_array(arena, LINE_WORDS + 1, sizeof *words);
    int count = 0;
    while (count < LINE_WORDS - 2 && agent[count]) {
        words[count] = agent[count];
        count++;
    }
    words[count++] = host;
    words[count] = "exec cat"; /* until its input ends, which is with us */
    return words;
}

Lifelines lifelines_open(const HostList *hosts, const char *ssh, Arena *arena) {
    const size_t count = (size_t)hosts->count;
    const char *const *agent = host_probe_agent(ssh, arena);
    Lifelines lines = {.hosts = hosts,
                       .children = arena_array(arena, count + 1, sizeof(int)),
                       .inputs = arena_array(arena, count + 1, sizeof(int)),
                       .count = hosts->count};
    for (int host = 0; host < hosts->count; host++) {
        const Host *at = &hosts->hosts[host];
        lines.inputs[host] = -1;
        if (!at->is_own && !at->problem) {
            lines.children[host] = (int)subprocess_start_bound(make_command(agent, at->name, arena),
                                                               &lines.inputs[host]);
        }
    }
    return lines;
}

const char *lifelines_find_cut(Lifelines *lines) {
    for (int host = 0; host < lines->count; host++) {
        const pid_t child = (pid_t)lines->children[host];
        if (child > 0 && waitpid(child, NULL, WNOHANG) != 0) {
            lines->children[host] = 0;
            return lines->hosts->hosts[host].name;
        }
    }
    return NULL;
}

void lifelines_close(Lifelines *lines) {
    for (int host = 0; host < lines->count; host++) {
        const pid_t child = (pid_t)lines->children[host];
        if (lines->inputs[host] >= 0) {
            close(lines->inputs[host]);
        }
        if (child > 0) {
            kill(child, SIGKILL);
            waitpid(child, NULL, 0);
        }
    }
    *lines = (Lifelines){0};
}
