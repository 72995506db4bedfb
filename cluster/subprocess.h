#ifndef CLUSTER_SUBPROCESS_H
#define CLUSTER_SUBPROCESS_H
/* Runs another program without its talk, for at most some seconds. */

/* arguments: NULL at the end, [0] is the path. Standard streams are /dev/null. Returns the exit
 * code; 127: it could not be started; 128 + n: ended by signal n; 124: still running after limit_s,
 * then it is killed with all it started. */
int subprocess_run(const char *const *arguments, double limit_s);

#endif
