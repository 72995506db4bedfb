/* Asks all hosts at once whether they can take part. */
#include "cluster/host_probe.h"

#include <string.h>

#include "cluster/leftovers.h"
#include "cluster/own_machine.h"
#include "cluster/subprocess.h"
#include "render/base/files.h"

enum { AGENT_WORDS = 32, COMMAND_WORDS = 16 };

/* A host that is not there costs two seconds; a line that is cut later ends its ssh in three. */
static const char ssh_options[] =
    "-o BatchMode=yes -o ConnectTimeout=2 -o ServerAliveInterval=1 -o ServerAliveCountMax=3";

const char *host_probe_agent_options(const char *ssh) {
    const size_t length = strcspn(ssh, " ");
    const bool is_ssh = length >= 3 && strncmp(ssh + length - 3, "ssh", 3) == 0;
    return is_ssh ? ssh_options : "";
}

const char *const *host_probe_agent(const char *ssh, Arena *arena) {
    char *text = arena_format(arena, "%s %s", ssh, host_probe_agent_options(ssh));
    const char **words = arena_array(arena, AGENT_WORDS + 1, sizeof *words);
    int count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word && count < AGENT_WORDS;
         word = strtok_r(NULL, " ", &rest)) {
        words[count++] = word;
    }
    return words;
}

/* In single quotes for the shell of the other side. */
static const char *quote(const char *text, Arena *arena) {
    const char *quoted = "'";
    for (const char *at = text; *at;) {
        const size_t length = strcspn(at, "'");
        quoted =
            arena_format(arena, "%s%.*s%s", quoted, (int)length, at, at[length] ? "'\\''" : "");
        at += length + (at[length] != '\0');
    }
    return arena_format(arena, "%s'", quoted);
}

static const char *const *make_command(const ProbeOrder *order, const char *host, Arena *arena) {
    const char **words = arena_array(arena, AGENT_WORDS + COMMAND_WORDS, sizeof *words);
    int count = 0;
    for (int word = 0; order->agent[word]; word++) {
        words[count++] = order->agent[word];
    }
    if (order->is_srun) {
        const char *const rest[] = {
            "--nodelist",   host,    "--chdir",           order->working_folder,
            order->program, "probe", order->state_folder, order->launch_folder};
        memcpy(words + count, rest, sizeof rest);
        return words;
    }
    const char *folder = order->launch_folder ? quote(order->launch_folder, arena) : "";
    words[count++] = host;
    words[count++] =
        arena_format(arena, "cd %s && exec %s probe %s %s", quote(order->working_folder, arena),
                     quote(order->program, arena), quote(order->state_folder, arena), folder);
    return words;
}

/* The last line that says something: what ssh or a shell complained about. */
static const char *find_complaint(const Subprocess *process, Arena *arena) {
    const char *last = NULL;
    char *rest = NULL;
    char *text = arena_copy_text(arena, process->text);
    for (char *line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        last = line[0] != '{' ? line : last;
    }
    if (process->exit_code == SUBPROCESS_TIMED_OUT) {
        return "it does not answer";
    }
    return last ? last : arena_format(arena, "its probe ended with code %d", process->exit_code);
}

static void
judge_answer(const Subprocess *process, const Fingerprint *own, Host *host, Arena *arena) {
    const char *begin = strstr(process->text, "{\"");
    json_t *answer = begin ? json_loads(begin, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
    ErrorList *errors = errors_create(arena);
    Fingerprint other = {0};
    host->is_here = answer != NULL;
    host->problem = NULL;
    if (!answer) {
        host->problem = find_complaint(process, arena);
        return;
    }
    host->core_count = (int)json_integer_value(json_object_get(answer, "cores"));
    fingerprint_from_json(answer, &other);
    if (fingerprint_judge(own, &other, "it", errors) != DONE) {
        host->problem = errors_first(errors)->message;
    }
    json_decref(answer);
}

static void ask_ourselves(const ProbeOrder *order, Host *host) {
    host->core_count = own_machine_count_cores();
    host->is_here = true;
    leftovers_sweep(order->state_folder);
}

void hosts_probe(const ProbeOrder *order, const Fingerprint *own, HostList *list, Arena *arena) {
    Arena *scratch = arena_create();
    const size_t count = (size_t)list->count;
    Subprocess *processes = arena_array(scratch, count, sizeof *processes);
    Host **asked = arena_array(scratch, count, sizeof(Host *));
    int asked_count = 0;
    for (int host = 0; host < list->count; host++) {
        Host *at = &list->hosts[host];
        if (at->is_own) {
            ask_ourselves(order, at);
        } else if (at->strike_count < HOST_STRIKES) {
            subprocess_start(make_command(order, at->name, scratch), &processes[asked_count]);
            asked[asked_count++] = at;
        }
    }
    subprocess_wait_all(processes, asked_count, order->limit_s);
    for (int index = 0; index < asked_count; index++) {
        judge_answer(&processes[index], own, asked[index], arena);
    }
    arena_destroy(&scratch);
}
